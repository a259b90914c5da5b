import { NotFoundError, type RtcApi, type TokenSource, withDeadline } from '@parley-rtc/client';
import type { JsonObject } from '@parley-rtc/contract';
import { loadPart } from '../load-part.ts';
import type { MediaEncryption } from '../media/media-encryption.ts';
import type { PublishOptions } from '../media/publish-options.ts';
import { registerUserEndpoint, type UserEndpoint } from '../signalling/user-endpoint.ts';
import { claimEndpointId } from './claim-endpoint-id.ts';
import { beginPublication, type EarlyPublication } from './early-publication.ts';
import { enterConference, type Entered, type EnterOptions, readConference } from './enter-conference.ts';
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
  /**
   * Encrypts all media end to end, with keys that the server never sees: what `createMediaEncryption` of
   * `@parley-rtc/sdk/encryption` made. Pictures go in VP8 and sound in Opus without redundancy then.
   */
  readonly encryption?: MediaEncryption;
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
    const times = { startMs: performance.now(), registeredMs: 0, enteredMs: 0, readMs: 0 };
    const readIceServers = async (signal?: AbortSignal) =>
      options.iceServers ?? iceServersOf(api, signal && { signal });
    const iceServers = readIceServers(signal);
    // Fetched while the server is asked, so that nobody waits for it.
    const loading = loadPart('calls', () => import('./open-session.ts'));
    // Both are awaited below; until then a failure must not count as unhandled.
    iceServers.catch(() => {});
    loading.catch(() => {});
    const stay: { endpoint?: UserEndpoint; session?: Session } = {};
    early = options.publish && beginPublication(options.publish);
    const enter = (
      how: Pick<EnterOptions, 'wishedId' | 'metadata' | 'signal' | 'onRegistered' | 'onEntered'>,
    ): Promise<Entered> =>
      enterConference({
        ...how,
        api,
        conferenceId,
        register: (wishedId, signal) =>
          registerUserEndpoint({
            api,
            wishedId,
            // An id that nobody chose is nobody else's.
            claim: async (id) => (options.endpointId === undefined ? () => {} : claimEndpointId(id, signal)),
            onLost: (cause) => stay.session?.onEndpointLost(cause),
            signal,
          }),
      });
    const leave = (keepalive: boolean) => {
      if (stay.endpoint) void sayFarewell(api, stay.endpoint, conferenceId, { keepalive, leave: {} });
    };
    const onGone = () => {
      // Nobody will be there to take the answer, and the server may have let us in.
      leave(true);
      gone.abort();
    };
    const stopWatching = watchPage({ onGone, onAway: onGone, onReturn: () => {}, onBack: () => {} });
    try {
      const entered = await enter({
        wishedId: options.endpointId,
        metadata: options.metadata,
        signal,
        onRegistered: (endpoint) => {
          stay.endpoint = endpoint;
          times.registeredMs = performance.now();
        },
        onEntered: () => void (times.enteredMs = performance.now()),
      });
      times.readMs = performance.now();
      const [found, { openSession }] = await Promise.all([iceServers, loading]);
      signal.throwIfAborted();
      stay.session = openSession({
        ...entered,
        api,
        access: options.access,
        ice: { iceServers: found, iceTransportPolicy: options.iceTransportPolicy, readIceServers },
        early,
        encryption: options.encryption,
        timing: joinTiming(times, options.access?.firstMs ?? 0),
        enterAgain: (formerId, metadata = options.metadata, signal) =>
          enter({ wishedId: formerId, metadata, signal }),
        readSnapshot: (signal) => readConference(api, conferenceId, signal),
        loadPush,
      });
      return stay.session;
    } catch (error) {
      if (!gone.signal.aborted) leave(false);
      throw error;
    } finally {
      stopWatching();
    }
  });
  joining.catch(() => early?.discard());
  return joining;
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
