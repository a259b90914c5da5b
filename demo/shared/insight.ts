import type { Conference, StreamQuality } from '@parley-rtc/sdk';
import { createStore, type Store } from './store.ts';

export interface InsightState {
  /** Stream ids of the active speakers. */
  readonly speaking: ReadonlySet<string>;
  /** Quality by stream id, of published and viewed streams. */
  readonly qualities: ReadonlyMap<string, StreamQuality>;
}

/** Active speakers and stream quality, measured until closed. */
export function createInsight(conference: Conference): Store<InsightState> & { readonly close: () => void } {
  const store = createStore<InsightState>({ speaking: new Set(), qualities: new Map() });
  const stops = [
    conference.on('active-speakers-changed', ({ speakers }) => {
      const before = store.getSnapshot().speaking;
      // Levels change ten times a second, but the page shows only who speaks.
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
