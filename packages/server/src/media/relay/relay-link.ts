import type { Duplex } from 'node:stream';
import { FrameReader, writeFrame, type FrameKind, type RelayFrame } from './relay-frames.ts';

/** Events of a link. */
export interface RelayLinkEvents {
  readonly onFrame: (frame: RelayFrame) => void;
  /** The other router is gone, or the link was closed. Called once; nothing follows. */
  readonly onEnd: () => void;
}

/** Media wait in the link's queue only up to this; then packets are dropped, and repaired once there is room again. */
const maxQueuedBytes = 500_000;
/** Both ends send something every second, so a link that is silent for longer leads to a router that hangs. */
const silentForMs = 5_000;

/** Frames to and from another router, over a connection that is reliable and in order. */
export class RelayLink {
  readonly #connection: Duplex;
  readonly #events: RelayLinkEvents;
  readonly #reader = new FrameReader();
  #hasHeard = true;
  #heardMs = 0;
  #isCorked = false;
  #hasEnded = false;

  constructor(connection: Duplex, events: RelayLinkEvents) {
    this.#connection = connection;
    this.#events = events;
    connection.on('data', (bytes: Buffer) => this.#take(bytes));
    // Errors are followed by `close`.
    connection.on('error', () => {});
    for (const event of ['end', 'close']) connection.once(event, () => this.close());
  }

  /** Sends media, unless too much is waiting already. Returns whether they were sent. */
  sendMedia(kind: FrameKind, content: Uint8Array, section = 0, layer = 0): boolean {
    if (this.#connection.writableLength > maxQueuedBytes) return false;
    this.send(kind, content, section, layer);
    return true;
  }

  send(kind: FrameKind, content: Uint8Array, section = 0, layer = 0): void {
    if (this.#hasEnded || this.#connection.writableEnded) return;
    this.#cork();
    this.#connection.write(writeFrame(kind, content, section, layer));
  }

  /** Closes the link when it was silent for too long. Call it every 20 ms or so. */
  tick(nowMs: number): void {
    if (this.#hasHeard) this.#heardMs = nowMs;
    this.#hasHeard = false;
    if (nowMs - this.#heardMs >= silentForMs) this.close();
  }

  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#connection.destroy();
    this.#events.onEnd();
  }

  #take(bytes: Buffer): void {
    this.#hasHeard = true;
    try {
      for (const frame of this.#reader.read(bytes)) if (!this.#hasEnded) this.#events.onFrame(frame);
    } catch {
      // The other router says something that this one does not understand: its views do better at another.
      this.close();
    }
  }

  /** Everything that is sent in one turn of the event loop goes out with one system call. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#connection.cork();
    setImmediate(() => {
      this.#isCorked = false;
      this.#connection.uncork();
    });
  }
}
