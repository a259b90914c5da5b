import type { Duplex } from 'node:stream';
import type { SourceStream } from '../incoming/source-stream.ts';
import type { CappingView } from '../outgoing/source-cap.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';
import { OutgoingRelay, type OutgoingRelayOptions } from './outgoing-relay.ts';

/** All relays of one stream. */
export class OutgoingRelays {
  readonly #options: Omit<OutgoingRelayOptions, 'connection' | 'onEnd'>;
  readonly #relays = new Set<OutgoingRelay>();

  constructor(options: Omit<OutgoingRelayOptions, 'connection' | 'onEnd'>) {
    this.#options = options;
  }

  /** Relays the stream over this connection until either side closes it. */
  add(connection: Duplex): void {
    const onEnd = (): void => void this.#relays.delete(relay);
    const relay: OutgoingRelay = new OutgoingRelay({ ...this.#options, connection, onEnd });
    this.#relays.add(relay);
  }

  forward(source: SourceStream, packet: RtpPacket): void {
    for (const relay of this.#relays) relay.forward(source, packet);
  }

  sendSenderReport(source: SourceStream): void {
    for (const relay of this.#relays) relay.sendSenderReport(source);
  }

  tellState(nowMs: number): void {
    for (const relay of this.#relays) relay.tellState(nowMs);
  }

  tick(nowMs: number): void {
    for (const relay of this.#relays) relay.tick(nowMs);
  }

  /** Whether another router needs the layer that the publisher lists at this index. */
  needLayer(index: number): boolean {
    for (const relay of this.#relays) if (relay.needsLayer(index)) return true;
    return false;
  }

  /** What the views at other routers mean for their publisher's bitrate. */
  get capping(): CappingView[] {
    return [...this.#relays].map(({ capping }) => capping);
  }

  close(): void {
    for (const relay of this.#relays) relay.close();
  }
}
