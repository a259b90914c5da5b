import {
  AlreadyJoinedError,
  HttpError,
  NotFoundError,
  type RtcApi,
  type TokenSource,
  withDeadline,
} from '@parley-rtc/client';
import {
  conferenceFromSimpleView,
  conferenceFromWire,
  type ConferenceState,
  type JsonObject,
} from '@parley-rtc/contract';
import { loadPart } from '../load-part.ts';
import type { PublishOptions } from '../media/publish-options.ts';
import { registerUserEndpoint, type UserEndpoint } from '../signalling/user-endpoint.ts';
import { claimEndpointId } from './claim-endpoint-id.ts';
import { beginPublication, type EarlyPublication } from './early-publication.ts';
import { sayFarewell } from './farewell.ts';
import type { LoadPush } from './open-session.ts';
import { joinTiming } from './join-timing.ts';
import { watchPage } from './page-lifecycle.ts';
import type { Session } from './session.ts';
import type { TokenWatch } from './token-watch.ts';

export interface JoinOptions {
  /** Where the server is: the API lives under `${server}/rtc-api`. */
  readonly server: string;
  readonly conferenceId: string;
  /** The bearer token, or a function that fetches one; it is called again before expiry and after a 401. */
  readonly token: TokenSource;
  /** Who we are, for the others: any JSON. */
  readonly metadata?: JsonObject;
  /**
   * Wished id of our endpoint, as to take the same seat after a reload. Default: a new one for each join. One tab of a
   * browser can be it at a time (`ERR_ENDPOINT_IN_USE`).
   */
  readonly endpointId?: string;
  /**
   * Published as soon as we are inside; devices are opened while we are on the way in. Joining does not wait for it and
   * does not fail with it: `conference.published` says what became of it.
   */
  readonly publish?: PublishOptions;
  /** How many videos may flow at the same time; `setMaxVideos` changes it. Default: no limit. */
  readonly maxVideos?: number;
  /** Gives up; nothing stays behind. Has no effect once joined. */
  readonly signal?: AbortSignal;
  /** How long joining may take as a whole, in milliseconds. Default 15_000; `Infinity`: no limit. */
  readonly timeoutMs?: number;
  /** STUN and TURN servers. Default: those that the server names. */
  readonly iceServers?: readonly RTCIceServer[];
  /**
   * `relay` lets media through TURN servers alone, which hides our addresses from the server and gets through some
   * firewalls that would otherwise be tried for long. Default `all`.
   */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
}

/**
 * Joins: endpoint, join, state, feed. The ICE servers come meanwhile. When a step fails or time is up, takes back what
 * was done.
 */
export async function joinConference(
  api: RtcApi,
  options: Omit<JoinOptions, 'server' | 'token' | 'maxVideos'> & { readonly access?: TokenWatch },
  loadPush: LoadPush | undefined = () => import('../signalling/push-feed.ts'),
): Promise<Session> {
  const { conferenceId, signal: given, timeoutMs = 15_000 } = options;
  const gone = new AbortController();
  const signals = [given, gone.signal];
  let early: EarlyPublication | undefined;
  const joining = withDeadline({ operation: 'join', signals, timeoutMs }, async ({ signal }) => {
    const timesMs = [performance.now()];
    const mark = () => void timesMs.push(performance.now());
    const readIceServers = async (signal?: AbortSignal) =>
      options.iceServers ?? iceServersOf(api, signal && { signal });
    const iceServers = readIceServers(signal);
    // Fetched while the server is asked, so that nobody waits for it.
    const loading = loadPart('calls', () => import('./open-session.ts'));
    // Both are awaited below; until then a failure must not count as unhandled.
    iceServers.catch(() => {});
    loading.catch(() => {});
    const stay: { session?: Session } = {};
    early = options.publish && beginPublication(options.publish);
    const register = (wishedId: string | undefined, signal: AbortSignal) =>
      registerUserEndpoint({
        api,
        wishedId,
        // An id that nobody chose is nobody else's.
        claim: async (id) => (options.endpointId === undefined ? () => {} : claimEndpointId(id, signal)),
        onLost: (cause) => stay.session?.onEndpointLost(cause),
        signal,
      });
    const endpoint = await register(options.endpointId, signal);
    mark();
    const onGone = () => {
      // Nobody will be there to take the answer, and the server may have let us in.
      void sayFarewell(api, endpoint, conferenceId, { keepalive: true, leave: {} });
      gone.abort();
    };
    const stopWatching = watchPage({ onGone, onAway: onGone, onReturn: () => {}, onBack: () => {} });
    try {
      await enter(api, endpoint, options, signal);
      mark();
      const conference = readConference(api, conferenceId, signal).finally(mark);
      const found = await Promise.all([conference, iceServers, loading]);
      mark();
      signal.throwIfAborted();
      const { openSession } = found[2];
      stay.session = openSession({
        api,
        endpoint,
        conference: { ...found[0], id: conferenceId },
        access: options.access,
        ice: {
          iceServers: found[1],
          iceTransportPolicy: options.iceTransportPolicy,
          readIceServers,
        },
        early,
        timing: joinTiming(timesMs, options.access?.firstMs ?? 0),
        enterAgain: (formerId, metadata, signal) =>
          onceMoreIfGone(async () => {
            const endpoint = await register(formerId, signal);
            try {
              await enter(api, endpoint, { conferenceId, ...(metadata && { metadata }) }, signal);
              const conference = await readConference(api, conferenceId, signal);
              return { endpoint, conference: { ...conference, id: conferenceId } };
            } catch (error) {
              endpoint.stop();
              throw error;
            }
          }),
        readSnapshot: (signal) => readConference(api, conferenceId, signal),
        loadPush,
      });
      return stay.session;
    } catch (error) {
      if (!gone.signal.aborted) void sayFarewell(api, endpoint, conferenceId, { leave: {} });
      throw error;
    } finally {
      stopWatching();
    }
  });
  joining.catch(() => early?.discard());
  return joining;
}

/** Whoever shared our seat may give it up just after we have registered, and us with it. */
async function onceMoreIfGone<Result>(comeIn: () => Promise<Result>): Promise<Result> {
  try {
    return await comeIn();
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    return comeIn();
  }
}

async function enter(
  api: RtcApi,
  endpoint: UserEndpoint,
  { conferenceId, metadata }: Pick<JoinOptions, 'conferenceId' | 'metadata'>,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  try {
    await api.join({ conferenceId, userEndpointId: endpoint.id, ...(metadata && { metadata }) }, { signal });
  } catch (error) {
    // 422: this endpoint is inside already, so an earlier try has worked (decision 14).
    if (!(error instanceof AlreadyJoinedError)) throw error;
  }
}

/** The full state, or the simple one from a server that does not give the full one to everybody. */
async function readConference(
  api: RtcApi,
  conferenceId: string,
  signal: AbortSignal,
): Promise<ConferenceState> {
  try {
    return conferenceFromWire(await api.getConference(conferenceId, { signal }));
  } catch (error) {
    if (!(error instanceof HttpError) || error.retryable) throw error;
    return conferenceFromSimpleView(await api.getSimpleView(conferenceId, { signal }));
  }
}

async function iceServersOf(
  api: RtcApi,
  options: Parameters<RtcApi['getIceServers']>[0],
): Promise<readonly RTCIceServer[]> {
  try {
    const { iceServers } = await api.getIceServers(options);
    return iceServers.map(({ urls, ...credentials }) => ({ ...credentials, urls: [...urls] }));
  } catch (error) {
    // A server that has none to name; media then has to get there directly.
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}
