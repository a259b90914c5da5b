import { NodeDatachannelTransport } from '../../src/media/transport/node-datachannel-transport.ts';
import type { FarSide } from '../../src/media/testing/native-peer.ts';
import type { LocalTransportParameters } from '../../src/media/transport/rtp-transport.ts';

/** An endpoint with real ICE, DTLS and SRTP. */
export interface LoadPeer {
  send(packet: Buffer): void;
  /** Takes every packet that arrives. */
  onPacket: (packet: Buffer) => void;
  close(): void;
}

/** A peer that answers; the router's own transport can do that. */
export class AnsweringPeer implements LoadPeer {
  readonly #transport: NodeDatachannelTransport;
  onPacket: (packet: Buffer) => void = () => {};

  /** Bound to `bindAddress`, or to every interface. */
  constructor(bindAddress?: string) {
    this.#transport = new NodeDatachannelTransport(
      { bindAddress, udpPort: undefined, announcedAddress: undefined },
      { onPacket: (packet) => this.onPacket(packet), onStateChange: () => {} },
    );
  }

  /** Connects to who offers, and returns what the answer has to say about our side, which waits for its DTLS. */
  async open({ candidates, ...far }: FarSide): Promise<LocalTransportParameters> {
    const local = await this.#transport.open({ ...far, candidates: [] });
    for (const candidate of candidates) this.#transport.addCandidate(candidate);
    return local;
  }

  /** Takes a candidate of who offers that came later. */
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
