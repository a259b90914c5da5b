import type { RemoteTransportParameters } from '../transport/rtp-transport.ts';

/** The parts of an offer that the router reads. */
export interface Offer {
  /** The transports that the offer proposes: one for each BUNDLE group, and one for each section outside of them. */
  readonly groups: readonly TransportGroup[];
  /** All sections in order; an answer has exactly as many. */
  readonly sections: readonly OfferedSection[];
}

/** Sections that share one transport. */
export interface TransportGroup {
  /** Whether it is a BUNDLE group. Otherwise it has one section. */
  readonly isBundle: boolean;
  /** In the order of the group; the first one is the offerer-tagged section (RFC 9143, section 7.2.1). */
  readonly sections: readonly OfferedSection[];
  /**
   * The transport of the tagged section.
   * @throws MediaError `bad_offer` when the section lacks what a transport needs
   */
  readonly readTransport: () => RemoteTransportParameters;
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One m-line with its attributes, including those that apply to it from the session level. */
export interface OfferedSection {
  /** Media type of the m-line: audio, video, application, or anything else. */
  readonly type: string;
  readonly protocol: string;
  /** Format list of the m-line, unchanged. */
  readonly formats: string;
  /** Whether the peer rejects or stopped the section: port 0, unless `a=bundle-only` explains it (RFC 9143, section 6). */
  readonly isRejected: boolean;
  /** Empty if it has none. */
  readonly mid: string;
  readonly direction: Direction;
  readonly hasRtcpMux: boolean;
  readonly hasReducedSizeRtcp: boolean;
  readonly codecs: readonly OfferedCodec[];
  readonly extensions: readonly OfferedExtension[];
  /** Whether packets may have long elements, with headers of two bytes (RFC 8285, section 6). */
  readonly allowsMixedExtensions: boolean;
  /** Layers that the peer can send, by rid, in the order of its `a=simulcast` line; empty without simulcast. */
  readonly rids: readonly string[];
  /** Sources that the offer describes by SSRC. */
  readonly sources: OfferedSources;
}

/** One `a=extmap` line. */
export interface OfferedExtension {
  readonly id: number;
  readonly uri: string;
  /** In which direction the peer uses it. */
  readonly direction: Direction;
}

/** What `a=ssrc-group` lines say about the SSRCs of a section (RFC 5576). */
export interface OfferedSources {
  /** The SSRCs of simulcast layers (`SIM`), in the order of the line; empty without such a group. */
  readonly layers: readonly number[];
  /** The repaired SSRC by the SSRC of its retransmissions (`FID`). */
  readonly repaired: ReadonlyMap<number, number>;
}

/** One payload type of a section. */
export interface OfferedCodec {
  readonly payloadType: number;
  readonly name: string;
  readonly clockRate: number;
  /** Undefined if the line names none. */
  readonly channels: number | undefined;
  /** Value of its `a=fmtp`; empty without one. */
  readonly formatParameters: string;
  /** Values of its `a=rtcp-fb`. */
  readonly feedback: readonly string[];
}
