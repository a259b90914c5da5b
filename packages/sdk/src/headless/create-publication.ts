import type { ParleyError } from '@parley-rtc/client';
import type { FollowedStream } from '../devices/create-devices.ts';
import type { PublishOptions } from '../publishing/publish-options.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import type { ConferenceStore } from '../state/conference-store.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { Listeners } from '../waiting/listeners.ts';
import { isSource, optionsFor, requestsDevice } from './options-for.ts';
import {
  isOpen,
  nothingPublished,
  publicationSnapshot,
  type PublicationSnapshot,
} from './publication-state.ts';
import { sameFields } from './same-fields.ts';
import { watchStream } from './watch-stream.ts';

/** What to publish, and when. */
export type PublicationOptions = PublishOptions & {
  /** Publishes as soon as there is a conference. Default false: `toggle` and `publish` do. */
  readonly autoPublish?: boolean;
  /**
   * Begins with the stream that the option `publish` of `join` publishes, which opens its devices while joining. Default
   * false.
   */
  readonly fromJoin?: boolean;
  /** Keeps the publication on the devices that the user chooses: what `createDevices` or `useDevices` returns. */
  readonly devices?: { follow(stream: FollowedStream): () => void } | undefined;
};

/** The changes of one's own publication. None ever rejects: `error` says what failed. */
export interface PublicationActions {
  /**
   * Publishes with `options`, or else with the current ones, and ends what was published before. What the user muted stays
   * muted. Does nothing while it is starting.
   */
  readonly publish: (options?: PublishOptions) => Promise<void>;
  /** Ends the publication and frees its devices, also while it is starting. */
  readonly stop: () => Promise<void>;
  /**
   * Turns the publication on or off: publishes, then mutes and unmutes, or ends a screen. With a kind, turns only that kind on
   * or off, and opens no other device. Does nothing while a change is in progress, so that a double click counts once.
   */
  readonly toggle: (kind?: TrackKind) => Promise<void>;
  /** Mutes a kind immediately. While it is starting, none of it is sent. */
  readonly mute: (kind: TrackKind) => Promise<void>;
  /** Unmutes a kind. It stays muted if that fails. */
  readonly unmute: (kind: TrackKind) => Promise<void>;
}

/** One's own publication as state, with its changes. */
export interface PublicationStore extends PublicationActions {
  /** The same object until something changes. */
  readonly getSnapshot: () => PublicationSnapshot;
  /** Calls `listener` after each change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /**
   * Follows the conference until the returned function is called, which also ends the publication. Before and after that,
   * nothing is published. `readOptions` is called each time something is published. Can be called again.
   */
  readonly connect: (readOptions: () => PublicationOptions) => () => void;
}

/** A conference, as far as a publication needs it. */
export interface PublishingConference {
  readonly state: Pick<ConferenceStore, 'getSnapshot' | 'subscribe'>;
  readonly published?: Promise<PublishedStream> | undefined;
  publishStream(options: PublishOptions): Promise<PublishedStream>;
  on(name: 'error', listener: (problem: { readonly error: ParleyError }) => void): () => void;
}

/** What `join` published and a publication has taken over since. */
const takenOver = new WeakSet<Promise<PublishedStream>>();

/** One attempt to publish. */
interface Attempt {
  readonly cancel: AbortController;
  /** The kind to turn on; undefined for all that the options request. */
  readonly only?: TrackKind | undefined;
  /** What to publish instead of what the options say. */
  readonly instead?: PublishOptions | undefined;
  /** What the user muted or unmuted since it began. */
  readonly muted: Map<TrackKind, boolean>;
  done: Promise<void>;
}

/** Creates the state of one's own publication: camera, microphone or screen. */
export function createPublication(conference: PublishingConference): PublicationStore {
  const listeners = new Listeners<void>((cause) => {
    throw cause;
  });
  let snapshot = nothingPublished;
  let stream: PublishedStream | undefined;
  let stopWatching: (() => void) | undefined;
  let wasConnected = false;
  let attempt: Attempt | undefined;
  let changesRunning = 0;
  let error: ParleyError | undefined;
  /** What was published, and muted, when the publication failed. */
  let failed: PublicationSnapshot | undefined;
  /** Undefined unless connected. */
  let readOptions: (() => PublicationOptions) | undefined;

  const isJoined = () => {
    const { connection } = conference.state.getSnapshot();
    return connection !== 'left' && connection !== 'ended';
  };
  const update = (): void => {
    // Leaving closes all streams, whose connections say so a little later.
    if (stream && !(isOpen(stream) && isJoined())) forgetStream();
    wasConnected ||= stream?.connectionState === 'connected';
    const isStarting = attempt !== undefined;
    const isBusy = isStarting || changesRunning > 0;
    const hasFailed = failed !== undefined;
    const next = publicationSnapshot({ stream, isStarting, isBusy, wasConnected, hasFailed, error });
    if (sameFields(snapshot, next)) return;
    snapshot = next;
    listeners.call();
  };
  const forgetStream = (): void => {
    stopWatching?.();
    stopWatching = undefined;
    stream = undefined;
  };

  const replaceStream = (
    opened: PublishedStream,
    { muted }: Attempt,
    devices: PublicationOptions['devices'],
  ) => {
    const before = stream;
    forgetStream();
    stream = opened;
    wasConnected = false;
    // In the same task as the answer of the server, so before anything is sent.
    for (const [kind, isMuted] of muted) {
      if (opened.isMuted(kind) !== isMuted) void setMuted(opened, kind, isMuted);
    }
    stopWatching = watchStream(opened, devices, update);
    void before?.unpublish();
  };
  const start = async (current: Attempt, before: PublicationSnapshot): Promise<void> => {
    // React's StrictMode unmounts its first mount in the same task; that must not open any device. And where a child publishes
    // before its parent has mounted, this waits for the parent.
    await Promise.resolve();
    if (!readOptions) return;
    const wasJoined = isJoined();
    const { autoPublish: _, fromJoin, devices, ...usual } = readOptions();
    const { cancel, only, instead } = current;
    const options = instead ?? usual;
    const signal = options.signal ? AbortSignal.any([cancel.signal, options.signal]) : cancel.signal;
    if (signal.aborted) return;
    try {
      const opened = await (takeOver(conference, fromJoin && !instead) ??
        conference.publishStream({ ...optionsFor(options, before, only), signal }));
      if (cancel.signal.aborted) {
        void opened.unpublish();
        return;
      }
      attempt = undefined;
      replaceStream(opened, current, devices);
    } catch (failure) {
      if (signal.aborted || (wasJoined && !isJoined())) return;
      if (!stream) failed = before;
      // `Conference.publishStream` rejects with nothing else.
      error = failure as ParleyError;
    }
  };
  const begin = (what: Pick<Attempt, 'only' | 'instead'> = {}): Promise<void> => {
    if (attempt) return attempt.done;
    const before = failed ?? snapshot;
    const current: Attempt = {
      ...what,
      cancel: new AbortController(),
      muted: new Map(),
      done: Promise.resolve(),
    };
    attempt = current;
    error = undefined;
    failed = undefined;
    current.done = start(current, before).finally(() => {
      if (attempt !== current) return;
      attempt = undefined;
      update();
    });
    update();
    return current.done;
  };
  const stop = async (): Promise<void> => {
    attempt?.cancel.abort();
    attempt = undefined;
    error = undefined;
    failed = undefined;
    const before = stream;
    forgetStream();
    update();
    await before?.unpublish();
  };

  const setMuted = async (open: PublishedStream, kind: TrackKind, isMuted: boolean): Promise<void> => {
    error = undefined;
    changesRunning += 1;
    const done = isMuted ? open.mute(kind) : open.unmute(kind);
    update();
    try {
      await done;
    } catch (failure) {
      // A change of a stream that has ended meanwhile did not fail.
      if (open === stream && isOpen(open)) error = failure as ParleyError;
    }
    changesRunning -= 1;
    update();
  };
  const change = async (kind: TrackKind, isMuted: boolean): Promise<void> => {
    attempt?.muted.set(kind, isMuted);
    await Promise.all([stream && setMuted(stream, kind, isMuted), attempt?.done]);
  };
  const toggle = async (kind?: TrackKind): Promise<void> => {
    if (snapshot.isBusy) return;
    // An event handler may pass its event.
    const only = kind === 'audio' || kind === 'video' ? kind : undefined;
    const open = stream;
    if (!open) return begin({ only });
    if (only && snapshot[only] === 'off' && requestsDevice(readOptions?.(), only)) return begin({ only });
    if (!only && open.type === 'SCREEN') return stop();
    const kinds = only ? [only] : (['audio', 'video'] as const).filter((one) => snapshot[one] !== 'off');
    const isOn = kinds.some((one) => snapshot[one] === 'on');
    await Promise.all(kinds.map((one) => setMuted(open, one, isOn)));
  };
  const note = (problem: ParleyError): void => {
    if (!stream || !concerns(problem, stream.id)) return;
    error = problem;
    if (problem.code === 'ERR_MEDIA_CONNECTION') {
      failed = snapshot;
      // The SDK closes it after this event.
      forgetStream();
    }
    update();
  };

  return {
    getSnapshot: () => snapshot,
    subscribe: (listener) => listeners.add(listener),
    // An event handler may pass its event.
    publish: (options) => begin({ instead: options && isSource(options) ? options : undefined }),
    stop,
    toggle,
    mute: (kind) => change(kind, true),
    unmute: (kind) => change(kind, false),
    connect: (read) => {
      readOptions = read;
      const stops = [
        conference.state.subscribe(update),
        conference.on('error', (problem) => note(problem.error)),
      ];
      const { autoPublish, fromJoin } = read();
      if ((autoPublish || untaken(conference, fromJoin)) && isJoined()) void begin();
      return () => {
        readOptions = undefined;
        for (const unsubscribe of stops) unsubscribe();
        void stop();
      };
    },
  };
}

/** What `join` publishes, if that is requested and not taken over yet. */
function untaken(
  { published }: PublishingConference,
  isRequested = false,
): Promise<PublishedStream> | undefined {
  return isRequested && published && !takenOver.has(published) ? published : undefined;
}

function takeOver(...from: Parameters<typeof untaken>): Promise<PublishedStream> | undefined {
  const published = untaken(...from);
  if (published) takenOver.add(published);
  return published;
}

/** Whether an `error` event is about our stream. */
function concerns(problem: ParleyError, streamId: string): boolean {
  const { streamId: its, direction = 'publish' } = problem as {
    readonly streamId?: unknown;
    readonly direction?: unknown;
  };
  return its === streamId && direction === 'publish';
}
