import type { Codec, MediaKind } from './codecs/codec.ts';
import type { ExtensionIds } from './header-extensions.ts';

/** One accepted media section: the format of this peer's packets. */
export interface AcceptedMedia {
  readonly kind: MediaKind;
  /** Empty if the peer's section has none. */
  readonly mid: string;
  readonly codec: Codec;
  readonly payloadType: number;
  /** Payload type of retransmissions (RFC 4588); absent when the peer offered none. */
  readonly rtxPayloadType?: number;
  /** Payload type of redundant audio (RFC 2198) around the codec; absent unless publisher and peer both support it. */
  readonly redPayloadType?: number;
  /** Parameters of the codec, as the peer offered them. */
  readonly formatParameters: string;
  /** RTCP feedback that both sides support. */
  readonly feedback: readonly string[];
  readonly extensionIds: ExtensionIds;
  /** Simulcast layers that the peer may send, by rid, in its order; absent without such layers. */
  readonly rids?: readonly string[];
  /** The same by SSRC, from a peer that names its layers so; absent without such layers. */
  readonly layerSsrcs?: readonly number[];
  /** The repaired SSRC by the SSRC of its retransmissions, as far as the peer says. */
  readonly repairedSsrcs?: ReadonlyMap<number, number>;
  /** Whether RTCP may come without a leading report (RFC 5506). */
  readonly hasReducedSizeRtcp: boolean;
}

/** Whether those who decode `former` can decode `media`: every kind is still there, in the same codec. */
export function hasSameCodecs(former: readonly AcceptedMedia[], media: readonly AcceptedMedia[]): boolean {
  return former.every(({ kind, codec }) => media.some((one) => one.kind === kind && one.codec === codec));
}
