import { beforeEach, expect, it } from 'vitest';
import { PlaybackBlockedError } from '../errors/media-errors.ts';
import type { ConferenceSnapshot } from '../state/conference-store.ts';
import { createPlayback } from './create-playback.ts';

/** A conference whose playback the test blocks. */
class BlockedConference {
  readonly #listeners = new Set<() => void>();
  #snapshot = { playback: { blockedStreamIds: [] as readonly string[] } };
  /** Whether the browser still refuses. */
  refuses = true;
  readonly state = {
    getSnapshot: () => this.#snapshot as ConferenceSnapshot,
    subscribe: (listener: () => void) => {
      this.#listeners.add(listener);
      return () => void this.#listeners.delete(listener);
    },
  };

  get listening(): number {
    return this.#listeners.size;
  }

  block(...blockedStreamIds: readonly string[]): void {
    this.#snapshot = { playback: { blockedStreamIds } };
    for (const listener of this.#listeners) listener();
  }

  async startPlayback(): Promise<void> {
    if (this.refuses) throw new PlaybackBlockedError({} as HTMLMediaElement);
    this.block();
  }
}

let conference: BlockedConference;
beforeEach(() => {
  conference = new BlockedConference();
});

it('says what the browser blocks, and starts it', async () => {
  const playback = createPlayback(conference);
  const seen: boolean[] = [];
  const unsubscribe = playback.subscribe(() => void seen.push(playback.getSnapshot().isBlocked));
  expect(playback.getSnapshot()).toEqual({ isBlocked: false, blockedStreamIds: [], error: undefined });
  conference.block('a', 'b');
  expect(playback.getSnapshot()).toEqual({ isBlocked: true, blockedStreamIds: ['a', 'b'], error: undefined });
  expect(playback.getSnapshot()).toBe(playback.getSnapshot());
  conference.refuses = false;
  await playback.start();
  expect(playback.getSnapshot().isBlocked).toBe(false);
  expect(new Set(seen)).toEqual(new Set([true, false]));
  unsubscribe();
  expect(conference.listening).toBe(0);
});

it('shows why it could not start, until nothing is blocked any more', async () => {
  const playback = createPlayback(conference);
  const seen: (string | undefined)[] = [];
  playback.subscribe(() => void seen.push(playback.getSnapshot().error?.code));
  conference.block('a');
  await playback.start();
  expect(seen.at(-1)).toBe('ERR_PLAYBACK_BLOCKED');
  conference.block();
  expect(seen.at(-1)).toBeUndefined();
  conference.block('b');
  expect(seen.at(-1)).toBeUndefined();
});

it('forgets the error of the last start with the next one', async () => {
  const playback = createPlayback(conference);
  const seen: (string | undefined)[] = [];
  conference.block('a');
  await playback.start();
  playback.subscribe(() => void seen.push(playback.getSnapshot().error?.code));
  await playback.start();
  expect(seen).toEqual([undefined, 'ERR_PLAYBACK_BLOCKED']);
});
