/**
 * One ICE + DTLS + SRTP connection to one peer, which exchanges decrypted RTP and RTCP with the router. The only
 * boundary between the router and the transport engine: nothing above it knows which library moves the packets.
 */
export interface RtpTransport {
  /**
   * Takes the peer's parameters and returns ours, with all candidates. Call it once.
   * @throws TransportSetupError when the machine cannot set it up
   */
  open(remote: RemoteTransportParameters): Promise<LocalTransportParameters>;
  /** Adds a `candidate:` line of the peer; drops unusable lines, including empty ones. */
  addCandidate(candidate: string): void;
  /** Sends one RTP or RTCP packet; false if the transport is not open, or the packet could not be passed on. */
  send(packet: Uint8Array): boolean;
  /** Closes the connection. No event follows. */
  close(): void;
}

/** A transport could not be set up: this machine lacks descriptors, ports, threads or a network. */
export class TransportSetupError extends Error {
  override readonly name = 'TransportSetupError';
}

/** Events of a transport. */
export interface RtpTransportEvents {
  /** One decrypted RTP or RTCP packet; the receiver may keep the buffer. */
  readonly onPacket: (packet: Buffer) => void;
  readonly onStateChange: (state: RtpTransportState) => void;
}

/**
 * - `open`: packets can be sent;
 * - `interrupted`: the peer is silent, but may come back;
 * - `lost`: gone for good (ICE failed or never succeeded, no DTLS within its deadline, consent expired, closed by the
 *   peer). Nothing follows.
 */
export type RtpTransportState = 'open' | 'interrupted' | 'lost';

export interface RemoteTransportParameters {
  readonly iceUfrag: string;
  readonly icePwd: string;
  /** The peer's role in DTLS. Default: `active`, it connects to us. */
  readonly setup?: 'active' | 'passive';
  /** Hash name and value, as in `a=fingerprint`. */
  readonly fingerprint: Fingerprint;
  /** `candidate:` lines that came with the description. */
  readonly candidates: readonly string[];
}

export interface LocalTransportParameters {
  readonly iceUfrag: string;
  readonly icePwd: string;
  readonly fingerprint: Fingerprint;
  /** Whether we only answer checks (ICE-lite, RFC 8445, section 2.5). Default: no. */
  readonly isIceLite?: boolean;
  /** All candidates; there will be no more. */
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

/** Creates a transport that is not open yet. */
export type CreateRtpTransport = (events: RtpTransportEvents) => RtpTransport;
