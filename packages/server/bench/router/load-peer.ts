import type { FarSide } from '../../src/media/testing/native-peer.ts';
import { NodeDatachannelTransport } from '../../src/media/transport/node-datachannel-transport.ts';
import type { LocalTransportParameters } from '../../src/media/transport/rtp-transport.ts';

/** An endpoint with real ICE, DTLS and SRTP. */
export interface LoadPeer {
  send(packet: Buffer): void;
  /** Receives every packet that arrives. */
  onPacket: (packet: Buffer) => void;
  close(): void;
}

/** A peer that answers, built on the router's own transport. */
export class AnsweringPeer implements LoadPeer {
  readonly #transport: NodeDatachannelTransport;
  onPacket: (packet: Buffer) => void = () => {};

  /** Creates a peer bound to `bindAddress`, or to every interface. */
  constructor(bindAddress?: string) {
    this.#transport = new NodeDatachannelTransport(
      { bindAddress, udpPort: undefined, announcedAddress: undefined },
      { onPacket: (packet) => this.onPacket(packet), onStateChange: () => {} },
    );
  }

  /** Connects to the offering side, and returns our transport for the answer. We wait for its DTLS. */
  async open({ candidates, ...far }: FarSide): Promise<LocalTransportParameters> {
    const local = await this.#transport.open({ ...far, candidates: [] });
    for (const candidate of candidates) this.#transport.addCandidate(candidate);
    return local;
  }

  /** Takes a later candidate of the offering side. */
  addCandidate(candidate: string): void {
    this.#transport.addCandidate(candidate);
  }

  send(packet: Buffer): void {
    this.#transport.send(packet);
  }

  close(): void {
    this.#transport.close();
  }
}
