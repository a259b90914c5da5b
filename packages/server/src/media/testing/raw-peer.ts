import type { LocalTransportParameters, RemoteTransportParameters } from '../transport/rtp-transport.ts';

/** The remote end of a transport in tests: a browser without media. */
export interface RawPeer {
  /** The transport parameters of its offer. */
  readonly parameters: RemoteTransportParameters;
  /** All packets that arrived, in order. */
  readonly received: readonly Buffer[];
  /**
   * Connects to the transport with these parameters; resolves when packets can be sent. Passes its candidates to
   * `trickle` once the answer is applied, as a browser does.
   */
  accept(local: LocalTransportParameters, trickle: (candidate: string) => void): Promise<void>;
  send(packet: Buffer): void;
  /** Calls `listener` for each packet, in addition to filling `received`. */
  onPacket(listener: (packet: Buffer) => void): void;
  close(): void;
}
