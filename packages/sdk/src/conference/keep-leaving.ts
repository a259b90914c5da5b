import { type RtcApi, withDeadline } from '@parley-rtc/client';
import { isOffline } from '../until-online.ts';
import { farewellTimeoutMs } from './farewell.ts';
import { keepTrying } from './keep-trying.ts';

/**
 * Leaves, and says it again when a server that is just starting anew does not hear it: it would keep us among the
 * participants until it misses our keep-alives. Without a network nothing can be said, and it is said but once.
 */
export function keepLeaving(api: Pick<RtcApi, 'leave'>): Pick<RtcApi, 'leave'> {
  if (isOffline()) return api;
  return {
    leave: (command, options) =>
      withDeadline(
        { operation: 'leave', signals: [options?.signal], timeoutMs: farewellTimeoutMs },
        ({ signal }) => keepTrying(() => api.leave(command, { ...options, signal }), signal),
      ),
  };
}
