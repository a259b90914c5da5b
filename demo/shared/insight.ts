import type { Conference, StreamQuality } from '@parley-rtc/sdk';
import { createStore, type Store } from './store.ts';

export interface InsightState {
  /** The streams of those who speak. */
  readonly speaking: ReadonlySet<string>;
  /** By stream, ours and those that we view. */
  readonly qualities: ReadonlyMap<string, StreamQuality>;
}

/** Who speaks and how well it goes. Measured as long as it is open. */
export function createInsight(conference: Conference): Store<InsightState> & { readonly close: () => void } {
  const store = createStore<InsightState>({ speaking: new Set(), qualities: new Map() });
  const stops = [
    conference.on('active-speakers-changed', ({ speakers }) => {
      const before = store.getSnapshot().speaking;
      // Their loudness changes ten times a second; the page shows only who.
      if (speakers.length === before.size && speakers.every(({ streamId }) => before.has(streamId))) return;
      store.set({ speaking: new Set(speakers.map(({ streamId }) => streamId)) });
    }),
    conference.on('quality-changed', ({ streamId, quality }) => {
      store.set({ qualities: new Map(store.getSnapshot().qualities).set(streamId, quality) });
    }),
    conference.on('stream-unpublished', ({ stream }) => {
      const qualities = new Map(store.getSnapshot().qualities);
      if (qualities.delete(stream.id)) store.set({ qualities });
    }),
  ];
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    close: () => {
      for (const stop of stops) stop();
    },
  };
}
