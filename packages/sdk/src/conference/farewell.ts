import type { RtcApi } from '@parley-rtc/client';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';

/** Nobody waits longer than this for each of the two requests to get out. */
export const farewellTimeoutMs = 5_000;

export interface Farewell {
  /** Set if the server does not know yet that we leave. */
  readonly leave?: { readonly reason?: string; readonly signal?: AbortSignal };
  /** The page is going away: everything must be sent now. */
  readonly keepalive?: boolean;
}

/**
 * Tells the server that we go, as well as that can be done. Never rejects: a server that hears nothing drops the
 * endpoint by itself after some silence.
 */
export async function sayFarewell(
  api: Pick<RtcApi, 'leave'>,
  endpoint: UserEndpoint,
  conferenceId: string,
  { leave, keepalive = false }: Farewell,
): Promise<void> {
  endpoint.stop();
  const { reason, signal } = leave ?? {};
  const left =
    leave &&
    api
      .leave(
        { conferenceId, userEndpointId: endpoint.id, ...(reason !== undefined && { reason }) },
        { timeoutMs: farewellTimeoutMs, keepalive, ...(signal && { signal }) },
      )
      .catch(() => {});
  if (!keepalive) await left;
  await endpoint.unregister({ timeoutMs: farewellTimeoutMs, keepalive }).catch(() => {});
}
