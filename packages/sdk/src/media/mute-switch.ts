import { StreamTypeMismatchError } from '../errors/media-errors.ts';
import { tracksOf } from './capture.ts';
import type { TrackKind } from './published-stream.ts';

/** Tells everybody that tracks of a kind are muted or not. */
export type AnnounceMute = (kind: TrackKind, muted: boolean) => Promise<void>;

/** Mutes the tracks of one stream: here at once, and for the others one call after the other. */
export class MuteSwitch {
  readonly #mediaStream: MediaStream;
  readonly #announce: AnnounceMute;
  /** What the app asked for last. */
  readonly #wanted = { audio: false, video: false };
  /** What the server was told last. */
  readonly #told = { audio: false, video: false };
  #queue: Promise<void> = Promise.resolve();

  constructor(mediaStream: MediaStream, announce: AnnounceMute) {
    this.#mediaStream = mediaStream;
    this.#announce = announce;
  }

  isMuted(kind: TrackKind): boolean {
    return this.#wanted[kind];
  }

  /** Resolves once the others are told. When that fails, goes back to what they were told before. */
  async set(kind: TrackKind, muted: boolean): Promise<void> {
    this.#apply(kind, muted);
    const turn = this.#queue.then(() => this.#tell(kind, muted));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #tell(kind: TrackKind, muted: boolean): Promise<void> {
    if (this.#told[kind] === muted) return;
    try {
      await this.#announce(kind, muted);
      this.#told[kind] = muted;
    } catch (error) {
      // Unless the app has asked for something else meanwhile, which has a turn of its own.
      if (this.#wanted[kind] === muted) this.#apply(kind, this.#told[kind]);
      throw error;
    }
  }

  #apply(kind: TrackKind, muted: boolean): void {
    const tracks = tracksOf(this.#mediaStream, kind);
    if (tracks.length === 0) {
      throw new StreamTypeMismatchError(`This stream has no ${kind} to mute.`, `Mute what it carries.`);
    }
    for (const track of tracks) track.enabled = !muted;
    this.#wanted[kind] = muted;
  }
}
