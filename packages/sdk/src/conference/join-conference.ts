import {
  createLogs,
  NotFoundError,
  WaitingRoomError,
  withDeadline,
  type CallApi,
  type Logs,
} from '@parley-rtc/client';
import { joinTiming } from '../announcing/join-timing.ts';
import { loadPart } from '../load-part.ts';
import { claimEndpointId } from '../presence/claim-endpoint-id.ts';
import {
  enterConference,
  readConference,
  type Entered,
  type EnterOptions,
} from '../presence/enter-conference.ts';
import { sayFarewell } from '../presence/farewell.ts';
import { watchPage } from '../presence/page-lifecycle.ts';
import { registerUserEndpoint, type UserEndpoint } from '../signalling/user-endpoint.ts';
import { iceServersTimeoutMs } from '../waiting/recovery-policy.ts';
import { settledWithin } from '../waiting/settled-within.ts';
import { beginPublication, type EarlyPublication } from './early-publication.ts';
import type { JoinOptions } from './join-options.ts';
import type { LoadPush } from './open-session.ts';
import type { Session } from './session.ts';
import type { TokenWatch } from './token-watch.ts';

interface Options extends Omit<JoinOptions, 'server' | 'token' | 'maxVideos'> {
  readonly access?: TokenWatch;
}

type EnterCommand = Omit<EnterOptions, 'api' | 'conferenceId' | 'register'>;

/** What a join has achieved so far; a failed join rolls it back. */
interface Progress {
  readonly logs: Logs;
  early?: EarlyPublication | undefined;
  endpoint?: UserEndpoint;
  session?: Session;
}

/**
 * Joins a conference. Rolls back when a step fails, the time is up or the page goes away. Waits in the waiting room if there is
 * one, which takes no time of joining, and has devices closed meanwhile: nobody sees what they capture.
 */
export async function joinConference(api: CallApi, options: Options, loadPush?: LoadPush): Promise<Session> {
  const progress: Progress = { logs: createLogs(options.log) };
  const { timeoutMs = 15_000 } = options;
  const startedMs = performance.now();
  try {
    return await attempt(api, options, progress, timeoutMs, loadPush);
  } catch (error) {
    const { endpoint, logs } = progress;
    if (!endpoint || !(error instanceof WaitingRoomError)) throw error;
    const leftMs = timeoutMs - (performance.now() - startedMs);
    const part = await loadPart('waiting', () => import('../presence/join-from-waiting-room.ts'));
    return part.joinFromWaitingRoom({
      api,
      options,
      endpointId: endpoint.id,
      register: (preferredId, signal) => register(api, options, progress, preferredId, signal),
      join: (endpointId) => attempt(api, options, { logs }, leftMs, loadPush, endpointId),
      log: logs('join'),
    });
  }
}

/** Joins once. A waiting room keeps the endpoint registered, which then waits there. */
async function attempt(
  api: CallApi,
  options: Options,
  progress: Progress,
  timeoutMs: number,
  loadPush: LoadPush | undefined = () => import('../signalling/push-feed.ts'),
  endpointId = options.endpointId,
): Promise<Session> {
  const { conferenceId, publish, signal } = options;
  const gone = new AbortController();
  const log = progress.logs('join');
  const leave = (keepalive: boolean) => {
    if (progress.endpoint) void sayFarewell(api, progress.endpoint, conferenceId, { keepalive, leave: {} });
  };
  const onGone = () => {
    // The join may have succeeded although its response can no longer reach us, so leave explicitly.
    leave(true);
    gone.abort();
  };
  const joining = withDeadline(
    { operation: 'join', signals: [signal, gone.signal], timeoutMs },
    async ({ signal }) => {
      log('info', 'joining', { conferenceId });
      progress.early = publish && beginPublication(publish);
      const stopWatching = watchPage({ onGone, onAway: onGone, onReturn: () => {}, onBack: () => {} });
      try {
        return await join(api, options, progress, loadPush, endpointId, signal);
      } catch (error) {
        if (!gone.signal.aborted && !(error instanceof WaitingRoomError)) leave(false);
        throw error;
      } finally {
        stopWatching();
      }
    },
  );
  joining.catch((error: unknown) => {
    const isFailure = !signal?.aborted && !(error instanceof WaitingRoomError);
    log(isFailure ? 'error' : 'info', 'not joined', {}, error);
    progress.early?.discard();
  });
  return joining;
}

/**
 * Joins: endpoint, join and state in one round trip or in three, then the feed. Fetches ICE servers and the code of a call in parallel. Continues without
 * ICE servers after 3 s: media may not need them.
 */
async function join(
  api: CallApi,
  options: Options,
  progress: Progress,
  loadPush: LoadPush | undefined,
  endpointId: string | undefined,
  signal: AbortSignal,
): Promise<Session> {
  const { conferenceId, access, encryption, iceTransportPolicy } = options;
  const times = { startMs: performance.now(), registeredMs: 0, enteredMs: 0, readMs: 0 };
  const readIceServers = async () => options.iceServers ?? iceServersOf(api);
  const iceServers = readIceServers();
  iceServers.catch((error: unknown) => progress.logs('join')('warn', 'no ICE servers', {}, error));
  const isIceReady = settledWithin(iceServersTimeoutMs, iceServers);
  const loading = loadPart('calls', () => import('./open-session.ts'));
  // Awaited below; until then a failure must not count as unhandled.
  loading.catch(() => {});
  const enter = (how: EnterCommand) => enterAs(api, options, progress, how);
  const entered = await enter({
    preferredId: endpointId,
    metadata: options.metadata,
    replacesMetadata: true,
    signal,
    onRegistered: (endpoint) => {
      progress.endpoint = endpoint;
      times.registeredMs = performance.now();
    },
    onEntered: () => void (times.enteredMs = performance.now()),
  });
  times.readMs = performance.now();
  const { openSession } = await loading;
  await isIceReady;
  signal.throwIfAborted();
  const timing = joinTiming(times, access?.firstMs ?? 0);
  progress.logs('join')('info', 'joined', {
    endpointId: entered.endpoint.id,
    ...timing,
  });
  progress.session = openSession({
    ...entered,
    api,
    logs: progress.logs,
    access,
    ice: { iceServers, iceTransportPolicy, readIceServers },
    early: progress.early,
    encryption,
    timing,
    withMessageHistory: options.messageHistory === true,
    enterAgain: (formerId, metadata = options.metadata, signal) =>
      enterAgain(enter, { preferredId: formerId, metadata, signal }),
    readSnapshot: (signal) => readConference(api, conferenceId, signal),
    loadPush,
  });
  return progress.session;
}

/**
 * Enters again. A server that chooses the ids itself would keep the participant of a try that failed half-way, because the next
 * try and the farewell are by the former id.
 */
async function enterAgain(
  enter: (how: EnterCommand) => Promise<Entered>,
  how: Omit<EnterCommand, 'onRegistered'>,
): Promise<Entered> {
  let registered: UserEndpoint | undefined;
  try {
    return await enter({ ...how, onRegistered: (endpoint) => void (registered = endpoint) });
  } catch (error) {
    if (registered && registered.id !== how.preferredId) void registered.unregister({}).catch(() => {});
    throw error;
  }
}

function enterAs(api: CallApi, options: Options, progress: Progress, how: EnterCommand): Promise<Entered> {
  return enterConference({
    ...how,
    api,
    conferenceId: options.conferenceId,
    register: (preferredId, signal, onClaimed) =>
      register(api, options, progress, preferredId, signal, onClaimed),
  });
}

function register(
  api: CallApi,
  { endpointId }: Options,
  progress: Progress,
  preferredId: string,
  signal: AbortSignal,
  onClaimed?: (id: string) => void,
): Promise<UserEndpoint> {
  return registerUserEndpoint({
    api,
    preferredId,
    // No other tab can have an id that the app did not choose.
    claim: async (id) => (endpointId === undefined ? () => {} : claimEndpointId(id, signal)),
    onClaimed,
    onLost: (cause) => progress.session?.onEndpointLost(cause),
    log: progress.logs('endpoint'),
    signal,
  });
}

async function iceServersOf(api: CallApi): Promise<readonly RTCIceServer[]> {
  try {
    const { iceServers } = await api.getIceServers();
    return iceServers.map(({ urls, ...credentials }) => ({ ...credentials, urls: [...urls] }));
  } catch (error) {
    // The server provides no ICE servers, so media has to use a direct path.
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}
