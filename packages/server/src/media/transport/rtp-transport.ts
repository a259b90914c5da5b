/**
 * One ICE + DTLS + SRTP connection to one peer, carrying RTP and RTCP in the clear towards us.
 * The only wall between the router and the engine: nothing above it knows which library moves the packets.
 */
export interface RtpTransport {
  /**
   * Takes the peer's parameters and gives ours, all candidates included. Called once.
   * @throws Error when no local address can be used
   */
  open(remote: RemoteTransportParameters): Promise<LocalTransportParameters>;
  /** Takes one more `candidate:` line of the peer; lines that cannot be used are dropped, empty text included. */
  addCandidate(candidate: string): void;
  /** Sends one RTP or RTCP packet; false when the transport is not open, or the packet could not be handed over. */
  send(packet: Uint8Array): boolean;
  /** Ends the connection. No event comes after this. */
  close(): void;
}

/** What a transport tells its user. */
export interface RtpTransportEvents {
  /** One decrypted RTP or RTCP packet; the receiver may keep the buffer. */
  readonly onPacket: (packet: Buffer) => void;
  readonly onStateChange: (state: RtpTransportState) => void;
}

/**
 * - `open`: packets can be sent;
 * - `interrupted`: the peer is silent, but may come back;
 * - `lost`: gone for good (ICE failed or never succeeded, consent expired, closed by the peer). Nothing follows.
 */
export type RtpTransportState = 'open' | 'interrupted' | 'lost';

export interface RemoteTransportParameters {
  readonly iceUfrag: string;
  readonly icePwd: string;
  /** Hash name and value, as in `a=fingerprint`. */
  readonly fingerprint: Fingerprint;
  /** `candidate:` lines that came with the description. */
  readonly candidates: readonly string[];
}

export interface LocalTransportParameters {
  readonly iceUfrag: string;
  readonly icePwd: string;
  readonly fingerprint: Fingerprint;
  /** Every candidate there will be. */
  readonly candidates: readonly HostCandidate[];
}

export interface Fingerprint {
  readonly algorithm: string;
  readonly value: string;
}

/** A UDP address of this machine. */
export interface HostCandidate {
  readonly foundation: string;
  readonly priority: number;
  readonly address: string;
  readonly port: number;
}

/** Makes a transport that is not open yet. */
export type CreateRtpTransport = (events: RtpTransportEvents) => RtpTransport;
