import { type RtcApi, withDeadline } from '@parley-rtc/client';
import { farewellTimeoutMs } from './farewell.ts';
import { keepTrying } from './keep-trying.ts';

/**
 * Leaves, and says it again when a server that is just starting anew does not hear it: it would keep us among the
 * participants until it misses our keep-alives. Without a network nothing can be said, and it is said but once.
 */
export function keepLeaving(api: Pick<RtcApi, 'leave'>): Pick<RtcApi, 'leave'> {
  const { navigator } = globalThis as { readonly navigator?: { readonly onLine?: boolean } };
  if (navigator?.onLine === false) return api;
  return {
    leave: (command, options) =>
      withDeadline(
        { operation: 'leave', signals: [options?.signal], timeoutMs: farewellTimeoutMs },
        ({ signal }) => keepTrying(() => api.leave(command, { ...options, signal }), signal),
      ),
  };
}
