import type { Conference, StreamQuality } from '@parley-rtc/sdk';
import { createStore, type Store } from '../page/store.ts';

export interface InsightState {
  /** The streams in which somebody speaks, loudest first. */
  readonly speakingStreamIds: readonly string[];
  /** The quality of published and viewed streams, by stream id. */
  readonly qualities: ReadonlyMap<string, StreamQuality>;
}

/** Who speaks and how good the media are, measured until closed. */
export interface InsightStore extends Store<InsightState> {
  readonly close: () => void;
}

export function createInsight(conference: Pick<Conference, 'on'>): InsightStore {
  const store = createStore<InsightState>({ speakingStreamIds: [], qualities: new Map() });
  const stops = [
    conference.on('active-speakers-changed', ({ speakers }) => {
      const before = store.getSnapshot().speakingStreamIds;
      const now = speakers.map(({ streamId }) => streamId);
      // Levels change ten times a second; what is shown depends only on who speaks.
      const isSame = now.length === before.length && now.every((id, index) => id === before[index]);
      if (!isSame) store.set({ speakingStreamIds: now });
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
