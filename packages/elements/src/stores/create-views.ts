import {
  selectRemoteStreams,
  type Conference,
  type ParleyError,
  type ViewedStream,
  type ViewedVideo,
} from '@parley-rtc/sdk';
import { hasViewFailed } from '@parley-rtc/sdk/bindings';
import { createStore, type Store } from '../page/store.ts';

/** Which video the user wants of a stream: as its tile needs, always the best, a small one, or none. */
export type ViewQuality = 'auto' | 'high' | 'low' | 'audio-only';

/** What the user has chosen for a stream. */
export interface ViewChoice {
  readonly quality: ViewQuality;
  /** From 0 to 1. */
  readonly volume: number;
}

export interface ViewsState {
  /** The open views, by stream id. */
  readonly views: ReadonlyMap<string, ViewedStream>;
  /** Why a stream cannot be viewed, by stream id; until `retry`. */
  readonly errors: ReadonlyMap<string, ParleyError>;
  /** What the user has chosen, by stream id; {@link defaultChoice} for the others. */
  readonly choices: ReadonlyMap<string, ViewChoice>;
}

/** One view of each stream of the others, which all elements of a page share: audio is heard whatever is on the screen. */
export interface ViewsStore extends Store<ViewsState> {
  /** Views a stream again after an error. */
  readonly retry: (streamId: string) => void;
  /** Changes the video or the volume of a stream, now and after it was interrupted. */
  readonly choose: (streamId: string, change: Partial<ViewChoice>) => void;
  readonly close: () => void;
}

/** A conference, as far as views need it. */
export type ViewedConference = Pick<Conference, 'state' | 'viewStream' | 'on'>;

export const defaultChoice: ViewChoice = { quality: 'auto', volume: 1 };

const videos: Readonly<Record<ViewQuality, ViewedVideo | undefined>> = {
  auto: undefined,
  high: {},
  low: { maxHeightPx: 180 },
  'audio-only': { isPaused: true },
};

/** After a failure that may pass, the pause before the next attempt; the last one repeats. */
const pausesMs = [1_000, 2_000, 5_000, 15_000];

/** Views every stream of the others from now on, until `close`. */
export function createViews(conference: ViewedConference): ViewsStore {
  const store = createStore<ViewsState>({ views: new Map(), errors: new Map(), choices: new Map() });
  /** What ends the view, or the attempt, of each stream. */
  const releases = new Map<string, AbortController>();

  const setView = (streamId: string, view: ViewedStream | undefined): void =>
    store.set({ views: withEntry(store.getSnapshot().views, streamId, view) });
  const setError = (streamId: string, error: ParleyError | undefined): void =>
    store.set({ errors: withEntry(store.getSnapshot().errors, streamId, error) });
  const view = async (streamId: string, signal: AbortSignal, failures = 0): Promise<void> => {
    try {
      const opened = await conference.viewStream(streamId, { signal });
      if (signal.aborted) return void opened.stop();
      signal.addEventListener('abort', () => void opened.stop());
      const choice = store.getSnapshot().choices.get(streamId);
      if (choice) apply(opened, choice);
      setView(streamId, opened);
    } catch (cause) {
      if (signal.aborted) return;
      const error = cause as ParleyError;
      setError(streamId, error);
      if (!error.retryable) return;
      const timer = setTimeout(
        () => {
          setError(streamId, undefined);
          void view(streamId, signal, failures + 1);
        },
        pausesMs[Math.min(failures, pausesMs.length - 1)],
      );
      signal.addEventListener('abort', () => clearTimeout(timer));
    }
  };
  const start = (streamId: string): void => {
    const release = new AbortController();
    releases.set(streamId, release);
    void view(streamId, release.signal);
  };
  const stop = (streamId: string): void => {
    releases.get(streamId)?.abort();
    releases.delete(streamId);
    setView(streamId, undefined);
    setError(streamId, undefined);
  };
  const follow = (): void => {
    const present = new Set(selectRemoteStreams(conference.state.getSnapshot()).map(({ id }) => id));
    for (const streamId of releases.keys()) {
      if (present.has(streamId)) continue;
      stop(streamId);
      store.set({ choices: withEntry(store.getSnapshot().choices, streamId, undefined) });
    }
    for (const streamId of present) if (!releases.has(streamId)) start(streamId);
  };
  const retry = (streamId: string): void => {
    if (!releases.has(streamId)) return;
    stop(streamId);
    start(streamId);
  };
  const stops = [
    conference.state.subscribe(follow),
    conference.on('error', ({ error }) => {
      for (const streamId of Array.from(releases.keys())) {
        if (!hasViewFailed(error, streamId)) continue;
        setView(streamId, undefined);
        setError(streamId, error);
      }
    }),
    // Who is allowed to view again need not press a button.
    conference.on('permissions-changed', () => {
      for (const [streamId, { code }] of store.getSnapshot().errors) {
        if (code === 'ERR_NOT_PERMITTED') retry(streamId);
      }
    }),
  ];
  follow();
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    retry,
    choose: (streamId, change) => {
      const { choices, views } = store.getSnapshot();
      const choice = { ...(choices.get(streamId) ?? defaultChoice), ...change };
      store.set({ choices: withEntry(choices, streamId, choice) });
      const opened = views.get(streamId);
      if (opened) apply(opened, choice);
    },
    close: () => {
      for (const end of stops) end();
      for (const streamId of Array.from(releases.keys())) stop(streamId);
    },
  };
}

/** The map with a value, or without it if it is undefined; the same map if that changes nothing. */
function withEntry<Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
  value: Value | undefined,
): ReadonlyMap<string, Value> {
  if (map.get(key) === value) return map;
  const changed = new Map(map);
  if (value === undefined) changed.delete(key);
  else changed.set(key, value);
  return changed;
}

function apply(view: ViewedStream, { quality, volume }: ViewChoice): void {
  try {
    view.setVideo(videos[quality]);
    view.setVolume(volume);
  } catch {
    // It has ended in this moment.
  }
}
