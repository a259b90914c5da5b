import type { Codec, MediaKind } from './codecs/codec.ts';
import type { ExtensionIds } from './header-extensions.ts';

/** One media section that was accepted: what the packets of this peer look like. */
export interface AcceptedMedia {
  readonly kind: MediaKind;
  readonly mid: string;
  readonly codec: Codec;
  readonly payloadType: number;
  /** Payload type of retransmissions (RFC 4588); absent when the peer offered none. */
  readonly rtxPayloadType?: number;
  /** Payload type of redundant audio (RFC 2198) around the codec; absent unless publisher and peer both want it. */
  readonly redPayloadType?: number;
  /** Parameters of the codec, as the peer offered them. */
  readonly formatParameters: string;
  /** RTCP feedback that both sides know. */
  readonly feedback: readonly string[];
  readonly extensionIds: ExtensionIds;
  /** Simulcast layers that the peer may send, by rid, the smallest first; absent without simulcast. */
  readonly rids?: readonly string[];
  /** Whether RTCP may come without a leading report (RFC 5506). */
  readonly hasReducedSizeRtcp: boolean;
}
