import type { RemoteTransportParameters } from '../transport/rtp-transport.ts';

/** What an offer says, as far as the router reads it. */
export interface Offer {
  readonly transport: RemoteTransportParameters;
  /** MIDs of the BUNDLE group; empty when there is none. */
  readonly bundledMids: readonly string[];
  /** All sections, in their order; an answer has exactly as many. */
  readonly sections: readonly OfferedSection[];
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One m-line with its attributes. */
export interface OfferedSection {
  /** Media type of the m-line: audio, video, application, or anything else. */
  readonly type: string;
  readonly protocol: string;
  /** Format list of the m-line, as it stands there. */
  readonly formats: string;
  readonly port: number;
  readonly mid: string;
  readonly direction: Direction;
  readonly hasRtcpMux: boolean;
  readonly hasReducedSizeRtcp: boolean;
  readonly codecs: readonly OfferedCodec[];
  readonly extensions: readonly { readonly id: number; readonly uri: string }[];
  /** Layers the peer can send, by their rid, in the order of its `a=simulcast` line; empty without simulcast. */
  readonly rids: readonly string[];
}

/** One payload type of a section. */
export interface OfferedCodec {
  readonly payloadType: number;
  readonly name: string;
  readonly clockRate: number;
  /** 1 where the line says nothing. */
  readonly channels: number;
  /** Value of its `a=fmtp`; empty text without one. */
  readonly formatParameters: string;
  /** Values of its `a=rtcp-fb`. */
  readonly feedback: readonly string[];
}
