import { StreamTypeMismatchError } from '../errors/media-errors.ts';
import type { TrackKind } from './published-stream.ts';
import type { TrackSlot } from './track-slot.ts';

/** Tells everybody that tracks of a kind are muted or not. */
export type AnnounceMute = (kind: TrackKind, muted: boolean) => Promise<void>;

/** Mutes the tracks of one stream: here at once, and for the others one call after the other. */
export class MuteSwitch {
  readonly #slots: Readonly<Partial<Record<TrackKind, TrackSlot>>>;
  readonly #announce: AnnounceMute;
  /** What the app asked for last. */
  readonly #wanted = { audio: false, video: false };
  /** What the server was told last. */
  readonly #told = { audio: false, video: false };
  /** Whether the device stays open while it is muted. */
  readonly #keeps = { audio: true, video: false };
  #queue: Promise<void> = Promise.resolve();

  constructor(slots: Readonly<Partial<Record<TrackKind, TrackSlot>>>, announce: AnnounceMute) {
    this.#slots = slots;
    this.#announce = announce;
  }

  isMuted(kind: TrackKind): boolean {
    return this.#wanted[kind];
  }

  /** Resolves once the others are told. When that fails, goes back to what they were told before. */
  async set(kind: TrackKind, muted: boolean, keepDevice: boolean = kind === 'audio'): Promise<void> {
    if (muted) this.#keeps[kind] = keepDevice;
    this.#apply(kind, muted);
    const turn = this.#queue.then(() => this.#settle(kind, muted));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #settle(kind: TrackKind, muted: boolean): Promise<void> {
    try {
      if (!muted) await this.#slots[kind]?.reopen();
      if (this.#told[kind] !== muted) await this.#announce(kind, muted);
      this.#told[kind] = muted;
    } catch (error) {
      // Unless the app has asked for something else meanwhile, which has a turn of its own.
      if (this.#wanted[kind] === muted) this.#apply(kind, this.#told[kind]);
      throw error;
    } finally {
      if (this.#wanted[kind] && this.#told[kind] && !this.#keeps[kind]) this.#slots[kind]?.release();
    }
  }

  #apply(kind: TrackKind, muted: boolean): void {
    const slot = this.#slots[kind];
    if (!slot) {
      throw new StreamTypeMismatchError(`This stream has no ${kind} to mute.`, `Mute what it carries.`);
    }
    slot.setMuted(muted);
    this.#wanted[kind] = muted;
  }
}
