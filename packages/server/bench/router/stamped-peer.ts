import { isRtcp } from '../../src/media/wire/rtp-packet.ts';
import type { LoadPeer } from './load-peer.ts';

const stampBytes = 8;

/** A peer that overwrites the end of every media packet with the time of sending. */
export class StampingPeer implements LoadPeer {
  readonly #peer: LoadPeer;

  constructor(peer: LoadPeer) {
    this.#peer = peer;
  }

  get onPacket(): (packet: Buffer) => void {
    return this.#peer.onPacket;
  }

  set onPacket(listener: (packet: Buffer) => void) {
    this.#peer.onPacket = listener;
  }

  send(packet: Buffer): void {
    if (!isRtcp(packet)) packet.writeDoubleBE(performance.now(), packet.length - stampBytes);
    this.#peer.send(packet);
  }

  close(): void {
    this.#peer.close();
  }
}

/** Milliseconds since a {@link StampingPeer} of this process sent the packet. */
export function ageMs(packet: Buffer): number {
  return performance.now() - packet.readDoubleBE(packet.length - stampBytes);
}
