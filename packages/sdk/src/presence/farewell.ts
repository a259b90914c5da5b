import { withDeadline, type RtcApi } from '@parley-rtc/client';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import { farewellTimeoutMs, leaveHeadStartMs } from '../waiting/recovery-policy.ts';
import { retry } from '../waiting/retry.ts';
import { settledWithin } from '../waiting/settled-within.ts';
import { isOffline } from '../waiting/until-online.ts';

export interface Farewell {
  /** Set if the server does not know yet that we are leaving. */
  readonly leave?: { readonly reason?: string; readonly signal?: AbortSignal };
  /** Set when the page is going away: requests must outlive it. */
  readonly keepalive?: boolean;
}

/**
 * Tells the server that we are leaving, for at most 5 s. Never rejects: a server that cannot be reached drops a silent
 * endpoint itself.
 */
export async function sayFarewell(
  api: Pick<RtcApi, 'leave'>,
  endpoint: UserEndpoint,
  conferenceId: string,
  { leave, keepalive = false }: Farewell,
): Promise<void> {
  endpoint.stop();
  const startedMs = performance.now();
  const { reason, signal } = leave ?? {};
  const left =
    leave &&
    api
      .leave(
        { conferenceId, userEndpointId: endpoint.id, ...(reason !== undefined && { reason }) },
        { timeoutMs: farewellTimeoutMs, keepalive, ...(signal && { signal }) },
      )
      .catch(() => {});
  // `leave` carries the reason, so it goes first; unregistering removes us from the conference too.
  if (left && !keepalive) await settledWithin(leaveHeadStartMs, left);
  const timeoutMs = farewellTimeoutMs - (performance.now() - startedMs);
  await Promise.all([left, endpoint.unregister({ timeoutMs, keepalive }).catch(() => {})]);
}

/**
 * Retries `leave`: a server that is restarting would otherwise list us as a participant until it misses our keep-alives.
 * Without a network, waiting for it would only hold up the caller, so leave is sent only once.
 */
export function keepLeaving(api: Pick<RtcApi, 'leave'>): Pick<RtcApi, 'leave'> {
  if (isOffline()) return api;
  return {
    leave: (command, options) =>
      withDeadline(
        { operation: 'leave', signals: [options?.signal], timeoutMs: farewellTimeoutMs },
        ({ signal }) =>
          retry(() => api.leave(command, { ...options, signal }), { signal, budgetMs: farewellTimeoutMs }),
      ),
  };
}
