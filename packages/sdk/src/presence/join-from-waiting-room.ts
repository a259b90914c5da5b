import { WaitingRoomError, withDeadline, type CallApi, type Log } from '@parley-rtc/client';
import type { JsonObject } from '@parley-rtc/contract';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import { farewellTimeoutMs } from '../waiting/recovery-policy.ts';
import { sayFarewell } from './farewell.ts';
import { watchPage } from './page-lifecycle.ts';
import { waitForEntry, type Waiting } from './wait-for-entry.ts';

export interface WaitingRoomOptions<Joined> {
  readonly api: CallApi;
  /** What the app wants, as it asked to join. */
  readonly options: {
    readonly conferenceId: string;
    readonly metadata?: JsonObject;
    readonly onWaiting?: (waiting: Waiting) => unknown;
    readonly signal?: AbortSignal;
  };
  /** The endpoint that was sent to the waiting room. */
  readonly endpointId: string;
  readonly register: (preferredId: string, signal: AbortSignal) => Promise<UserEndpoint>;
  /** Joins with this endpoint. */
  readonly join: (endpointId: string) => Promise<Joined>;
  readonly log: Log;
}

/** How often to wait again, when the server admits us but then does not let us in. */
const mostWaits = 3;

/** Waits until a moderator admits us, and joins. Leaves nothing behind when that fails, or the page goes away. */
export async function joinFromWaitingRoom<Joined>(options: WaitingRoomOptions<Joined>): Promise<Joined> {
  let { endpointId } = options;
  for (let waits = 1; ; waits += 1) {
    endpointId = await untilAdmitted(options, endpointId);
    try {
      return await options.join(endpointId);
    } catch (error) {
      if (!(error instanceof WaitingRoomError) || waits === mostWaits) throw error;
    }
  }
}

/** Resolves to the endpoint that may join. */
async function untilAdmitted(
  { api, options, register, log }: Omit<WaitingRoomOptions<unknown>, 'join'>,
  preferredId: string,
): Promise<string> {
  const { conferenceId, metadata, onWaiting } = options;
  const gone = new AbortController();
  let endpoint: UserEndpoint | undefined;
  const giveUp = async (keepalive: boolean) => {
    if (!endpoint) return;
    const place = { conferenceId, userEndpointId: endpoint.id };
    endpoint.stop();
    const cancelling = api.cancelEntry(place, { keepalive, timeoutMs: farewellTimeoutMs }).catch(() => {});
    // The server takes this only from a registered endpoint, and requests of a page that goes away may overtake each other.
    // An endpoint that is nowhere disturbs nobody until it expires.
    if (keepalive) return;
    await cancelling;
    await sayFarewell(api, endpoint, conferenceId, {});
  };
  const onGone = () => {
    void giveUp(true);
    gone.abort();
  };
  const stopWatching = watchPage({ onGone, onAway: onGone, onReturn: () => {}, onBack: () => {} });
  log('info', 'waiting to be admitted');
  try {
    return await withDeadline(
      { operation: 'join', signals: [options.signal, gone.signal] },
      async ({ signal }) => {
        const registerAgain = async (id: string) => (endpoint = await register(id, signal));
        const admitted = await waitForEntry({
          api,
          conferenceId,
          endpoint: await registerAgain(preferredId),
          name: typeof metadata?.['name'] === 'string' ? metadata['name'].slice(0, 128) : undefined,
          register: registerAgain,
          onWaiting,
          log,
          signal,
        });
        // Joining registers it again.
        admitted.stop();
        return admitted.id;
      },
    );
  } catch (error) {
    log('info', 'not admitted', {}, error);
    if (!gone.signal.aborted) void giveUp(false);
    throw error;
  } finally {
    stopWatching();
  }
}
