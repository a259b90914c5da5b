import type { LocalTransportParameters, RemoteTransportParameters } from '../transport/rtp-transport.ts';

/** The far end of a transport in tests: a browser without media. */
export interface RawPeer {
  /** What its offer says about the transport. */
  readonly parameters: RemoteTransportParameters;
  /** Every packet that arrived, in order. */
  readonly received: readonly Buffer[];
  /**
   * Connects to the transport that gave these parameters; settles when packets can be sent. Its candidates go to
   * `trickle`, as a browser sends them: once the answer is applied.
   */
  accept(local: LocalTransportParameters, trickle: (candidate: string) => void): Promise<void>;
  send(packet: Buffer): void;
  /** Is called for each packet besides `received` growing. */
  onPacket(listener: (packet: Buffer) => void): void;
  close(): void;
}
