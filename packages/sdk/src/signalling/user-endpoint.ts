import { ForeignAnswerError, NotFoundError, type Log, type RtcApi } from '@parley-rtc/client';
import { newId } from '../new-id.ts';
import { askedPauseMs } from '../waiting/asked-pause.ts';
import { isRefused } from '../waiting/is-refused.ts';
import { pause } from '../waiting/pause.ts';
import { keepAliveIntervalMs, keepAliveRetryMs, keepAliveSeconds } from '../waiting/recovery-policy.ts';
import { untilOnline } from '../waiting/until-online.ts';

/** Our presence on the server, for example one browser tab. */
export interface UserEndpoint {
  readonly id: string;
  /** False if the server seems to lack endpoint registration, so that the id was chosen here. */
  readonly isRegistered: boolean;
  /** Asks whether the server no longer knows the endpoint. False if nobody can tell. Never rejects. */
  isForgotten(): Promise<boolean>;
  /** Ends the keep-alives without telling the server. */
  stop(): void;
  /** Unregisters the endpoint on the server. Rejects when that fails. */
  unregister(options: { readonly keepalive?: boolean; readonly timeoutMs?: number }): Promise<void>;
}

export interface UserEndpointOptions {
  readonly api: Pick<RtcApi, 'registerUserEndpoint' | 'keepAliveUserEndpoint' | 'unregisterUserEndpoint'>;
  readonly preferredId: string | undefined;
  /** Called before the preferred id is registered. The function it returns is called when the endpoint stops. */
  readonly claim: (preferredId: string) => Promise<() => void>;
  /** Called when the preferred id is claimed, right before it is registered. */
  readonly onClaimed?: ((preferredId: string) => void) | undefined;
  /** Called when the server no longer knows the endpoint. Keep-alives have ended. */
  readonly onLost: (cause: NotFoundError) => void;
  readonly log?: Log;
  readonly signal: AbortSignal;
}

/**
 * Registers an endpoint and keeps it alive. On a server without endpoint registration (404), chooses the id locally. Aborting
 * `signal` leaves no registration behind.
 *
 * @see `POST /rtc-api/users/endpoints`, `/keepalive`, `/unregister`
 */
export async function registerUserEndpoint(options: UserEndpointOptions): Promise<UserEndpoint> {
  const { preferredId, claim, onClaimed, signal } = options;
  const stopped = new AbortController();
  const release = preferredId === undefined ? () => {} : await claim(preferredId);
  if (preferredId !== undefined && !signal.aborted) onClaimed?.(preferredId);
  let registered: string | undefined;
  try {
    registered = await registerOrWithdraw(options);
  } catch (error) {
    release();
    throw error;
  }
  stopped.signal.addEventListener('abort', release);
  const id = registered ?? preferredId ?? newId();
  const isRegistered = registered !== undefined;
  if (isRegistered && !signal.aborted) void keepAlive(options, id, stopped.signal);
  return {
    id,
    isRegistered,
    isForgotten: async () => isRegistered && (await isForgotten(options, id)),
    stop: () => stopped.abort(),
    async unregister(call) {
      stopped.abort();
      if (isRegistered) await unregister(options, id, call);
    },
  };
}

/**
 * Returns the id that the server assigned, or undefined when it does not support endpoint registration. The request itself is
 * not aborted, because only its answer says whether there is something to withdraw. A page that is going away cannot wait for
 * the answer, so the abort already withdraws an id that is known.
 */
async function registerOrWithdraw(options: UserEndpointOptions): Promise<string | undefined> {
  const { preferredId, signal } = options;
  signal.throwIfAborted();
  const withdraw = (id: string) => void unregister(options, id, { keepalive: true }).catch(() => {});
  const onAbort = () => preferredId !== undefined && withdraw(preferredId);
  signal.addEventListener('abort', onAbort);
  try {
    const registered = await register(options);
    if (signal.aborted && registered !== undefined) withdraw(registered);
    signal.throwIfAborted();
    return registered;
  } catch (error) {
    // The request may have succeeded although its answer was lost.
    if (preferredId !== undefined && !isRefused(error) && !signal.aborted) withdraw(preferredId);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function register({ api, preferredId }: UserEndpointOptions): Promise<string | undefined> {
  try {
    return await api.registerUserEndpoint({
      keepAliveSeconds,
      serverKeepAliveReminderOn: false,
      ...(preferredId !== undefined && { userEndpointId: preferredId }),
    });
  } catch (error) {
    // A server without this route may describe its 404 in its own way; the client has asked three times. If a proxy said so,
    // the join fails or asks again.
    const isForeign404 = error instanceof ForeignAnswerError && error.status === 404;
    if (error instanceof NotFoundError || isForeign404) return undefined;
    throw error;
  }
}

function unregister(
  { api }: UserEndpointOptions,
  userEndpointId: string,
  call: Parameters<UserEndpoint['unregister']>[0],
): Promise<void> {
  return api.unregisterUserEndpoint({ userEndpointId, reason: 'User logout' }, call);
}

async function isForgotten({ api }: UserEndpointOptions, userEndpointId: string): Promise<boolean> {
  try {
    await api.keepAliveUserEndpoint({ userEndpointId });
    return false;
  } catch (error) {
    return error instanceof NotFoundError;
  }
}

/**
 * Does not use `retry`: keep-alives follow the interval promised to the server, which a jittered or growing pause would
 * break, and only the server may end them.
 */
async function keepAlive(
  { api, onLost, log }: UserEndpointOptions,
  userEndpointId: string,
  signal: AbortSignal,
): Promise<void> {
  let delayMs = keepAliveIntervalMs;
  while (!signal.aborted) {
    await pause(delayMs, signal);
    await untilOnline(signal);
    if (signal.aborted) return;
    try {
      await api.keepAliveUserEndpoint({ userEndpointId }, { signal });
      delayMs = keepAliveIntervalMs;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof NotFoundError) return onLost(error);
      // Any other failure stops the event feed too, which reports it.
      delayMs = Math.max(keepAliveRetryMs, askedPauseMs(error));
      log?.('warn', 'keep-alive failed', { retryInMs: delayMs }, error);
    }
  }
}
