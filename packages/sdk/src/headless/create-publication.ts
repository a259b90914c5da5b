import type { ParleyError } from '@parley-rtc/client';
import type { PublishOptions } from '../publishing/publish-options.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { Listeners } from '../waiting/listeners.ts';
import { isSource, optionsFor, requestsDevice } from './options-for.ts';
import {
  isOpen,
  kindState,
  nothingPublished,
  publicationSnapshot,
  type KindState,
  type PublicationSnapshot,
} from './publication-state.ts';
import type { PublicationOptions, PublicationStore, PublishingConference } from './publication-store.ts';
import { sameFields } from './same-fields.ts';
import { watchStream } from './watch-stream.ts';

const kinds = ['audio', 'video'] as const;

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
  /** Whether other code published it. */
  let isAdopted = false;
  /** The stream whose connection failed, until the SDK has closed it. */
  let lost: PublishedStream | undefined;
  let stopWatching: (() => void) | undefined;
  let wasConnected = false;
  let attempt: Attempt | undefined;
  /** How many changes of each kind are in progress. */
  const changing = { audio: 0, video: 0 };
  let error: ParleyError | undefined;
  /** What was published or muted when the publication failed. */
  let failed: PublicationSnapshot | undefined;
  /** Undefined unless connected. */
  let readOptions: (() => PublicationOptions) | undefined;

  const isJoined = () => {
    const { connection } = conference.state.getSnapshot();
    return connection === 'connected' || connection === 'reconnecting';
  };
  const update = (): void => {
    // Leaving closes all streams, whose connections say so a little later.
    if (stream && !(isOpen(stream) && isJoined())) forgetStream();
    if (!stream && !attempt) adopt();
    wasConnected ||= stream?.connectionState === 'connected';
    const isStarting = attempt !== undefined;
    const isBusy = isStarting || changing.audio + changing.video > 0;
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
    isAdopted = false;
  };
  const adopt = (): void => {
    const options = readOptions?.();
    if (!options?.adopt) return;
    const { ownStreams } = conference.state.getSnapshot();
    stream = ownStreams.findLast((own) => own !== lost && isOpen(own) && isSameSource(own, options));
    if (!stream) return;
    isAdopted = true;
    wasConnected = false;
    failed = undefined;
    error = undefined;
    stopWatching = watchStream(stream, options.devices, update);
  };

  const replaceStream = (
    opened: PublishedStream,
    { muted, only }: Attempt,
    devices: PublicationOptions['devices'],
  ) => {
    const before = stream;
    forgetStream();
    stream = opened;
    wasConnected = false;
    // In the same task as the answer of the server, so before anything is sent.
    for (const kind of kinds) {
      // Other code, or a lost device, may have muted what is replaced.
      const isMuted = muted.get(kind) ?? (kind !== only && before?.isMuted(kind) ? true : undefined);
      if (isMuted === undefined || kindState(opened, kind) === 'off') continue;
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
    const { autoPublish: _, adopt: _adopt, fromJoin, devices, ...usual } = readOptions();
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
      if (!stream) failed = { ...before, ...kindStates(current.muted) };
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
    // Closes it before the update, which would adopt it again.
    const ended = before?.unpublish();
    update();
    await ended;
  };

  const setMuted = async (open: PublishedStream, kind: TrackKind, isMuted: boolean): Promise<void> => {
    error = undefined;
    changing[kind] += 1;
    const done = isMuted ? open.mute(kind) : open.unmute(kind);
    update();
    try {
      await done;
    } catch (failure) {
      // A change of a stream that has ended meanwhile did not fail.
      if (open === stream && isOpen(open)) error = failure as ParleyError;
    }
    changing[kind] -= 1;
    update();
  };
  const change = async (kind: TrackKind, isMuted: boolean): Promise<void> => {
    attempt?.muted.set(kind, isMuted);
    await Promise.all([stream && setMuted(stream, kind, isMuted), attempt?.done]);
  };
  const toggle = async (kind?: TrackKind): Promise<void> => {
    // An event handler may pass its event.
    const only = kind === 'audio' || kind === 'video' ? kind : undefined;
    if (attempt || (only ? changing[only] > 0 : snapshot.isBusy)) return;
    const open = stream;
    if (!open) return begin({ only });
    if (only && snapshot[only] === 'off' && requestsDevice(readOptions?.(), only)) return begin({ only });
    if (!only && open.type === 'SCREEN') return stop();
    const changed = only ? [only] : kinds.filter((one) => snapshot[one] !== 'off');
    const isOn = changed.some((one) => snapshot[one] === 'on');
    await Promise.all(changed.map((one) => setMuted(open, one, isOn)));
  };
  const note = (problem: ParleyError): void => {
    update();
    if (!stream || !concerns(problem, stream.id)) return;
    error = problem;
    if (problem.code === 'ERR_MEDIA_CONNECTION' || problem.code === 'ERR_NOT_PERMITTED') {
      failed = snapshot;
      // The SDK closes it after this event.
      lost = stream;
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
        conference.on('muted-by-moderator', update),
      ];
      const { autoPublish, fromJoin } = read();
      if ((autoPublish || untaken(conference, fromJoin)) && isJoined()) void begin();
      else update();
      return () => {
        readOptions = undefined;
        for (const unsubscribe of stops) unsubscribe();
        if (isAdopted) forgetStream();
        void stop();
      };
    },
  };
}

/** What the user has muted and unmuted, as it would have been published. */
function kindStates(muted: ReadonlyMap<TrackKind, boolean>): Partial<Record<TrackKind, KindState>> {
  return Object.fromEntries([...muted].map(([kind, isMuted]) => [kind, isMuted ? 'muted' : 'on']));
}

/** Whether a stream comes from where the options publish from. */
function isSameSource({ type }: PublishedStream, options: PublicationOptions): boolean {
  return (type === 'SCREEN') === 'screen' in options;
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
