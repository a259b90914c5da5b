import { NotFoundError, type RtcApi } from '@parley-rtc/client';
import { newId } from '../new-id.ts';
import { pause } from '../pause.ts';

/** The promise to the server: it takes a longer silence for trouble. The numbers are those of the official clients. */
const keepAliveSeconds = 15;
const keepAliveIntervalMs = 10_000;
/** After a failed keep-alive, so that one lost request does not break the promise. */
const keepAliveRetryMs = 2_500;

/** Our presence on the server: a tab, to which events belong. */
export interface UserEndpoint {
  readonly id: string;
  /** Ends the keep-alives; the server is not told. */
  stop(): void;
  /** Tells the server that the endpoint is gone. Rejects when that fails. */
  unregister(options: { readonly keepalive?: boolean; readonly timeoutMs?: number }): Promise<void>;
}

export interface UserEndpointOptions {
  readonly api: Pick<RtcApi, 'registerUserEndpoint' | 'keepAliveUserEndpoint' | 'unregisterUserEndpoint'>;
  readonly wishedId: string | undefined;
  /** Called with the wished id before anything is registered; what it returns when the endpoint stops. */
  readonly claim: (wishedId: string) => Promise<() => void>;
  /** The server has forgotten the endpoint. Keep-alives have ended. */
  readonly onLost: (cause: NotFoundError) => void;
  readonly signal: AbortSignal;
}

/**
 * Registers an endpoint and keeps it alive. A server that has no endpoints (404) gets along with an id of ours.
 *
 * @see `POST /rtc-api/users/endpoints`, `/keepalive`, `/unregister`
 */
export async function registerUserEndpoint(options: UserEndpointOptions): Promise<UserEndpoint> {
  const { api, wishedId, claim, onLost, signal } = options;
  const stopped = new AbortController();
  const release = wishedId === undefined ? () => {} : await claim(wishedId);
  let registered: string | undefined;
  try {
    registered = await register(options);
  } catch (error) {
    release();
    throw error;
  }
  stopped.signal.addEventListener('abort', release);
  if (registered === undefined) {
    return { id: wishedId ?? newId(), stop: () => stopped.abort(), unregister: async () => {} };
  }
  if (!signal.aborted) void keepAlive(api, registered, onLost, stopped.signal);
  return {
    id: registered,
    stop: () => stopped.abort(),
    unregister: (call) => {
      stopped.abort();
      return api.unregisterUserEndpoint({ userEndpointId: registered, reason: 'User logout' }, call);
    },
  };
}

/** The id that the server gave, or undefined when it has no endpoints. */
async function register({ api, wishedId, signal }: UserEndpointOptions): Promise<string | undefined> {
  try {
    return await api.registerUserEndpoint(
      {
        keepAliveSeconds,
        serverKeepAliveReminderOn: false,
        ...(wishedId !== undefined && { userEndpointId: wishedId }),
      },
      { signal },
    );
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

async function keepAlive(
  api: UserEndpointOptions['api'],
  userEndpointId: string,
  onLost: UserEndpointOptions['onLost'],
  signal: AbortSignal,
): Promise<void> {
  let delayMs = keepAliveIntervalMs;
  while (!signal.aborted) {
    await pause(delayMs, signal);
    if (signal.aborted) return;
    try {
      await api.keepAliveUserEndpoint({ userEndpointId }, { signal });
      delayMs = keepAliveIntervalMs;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof NotFoundError) return onLost(error);
      // Anything else is the network's or the server's trouble, which the event feed tells about.
      delayMs = keepAliveRetryMs;
    }
  }
}
