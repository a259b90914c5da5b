import type { Conference } from '@parley-rtc/sdk';
import { connectionOf, type ConnectionSnapshot } from '@parley-rtc/sdk/bindings';
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { useStore } from './use-store.ts';

/** Our connection to a conference. Each ref is undefined without one. */
export interface ConnectionInUse {
  /** `reconnecting` concerns events only: media may still flow. */
  readonly status: ComputedRef<ConnectionSnapshot['status'] | undefined>;
  /** Since when, as `Date.now()` says it: when a component that uses the connection first saw this status. */
  readonly sinceMs: ComputedRef<number | undefined>;
  /**
   * The worst level of quality among the streams that we publish; `lost` when the server receives nothing of one of them.
   * Undefined while nothing is published or measured yet.
   */
  readonly ownMedia: ComputedRef<ConnectionSnapshot['ownMedia']>;
}

/**
 * Our connection to the conference, and the quality of what we publish: enough for a banner. Streams are measured while any
 * scope uses this composable.
 */
export function useConnection(conference: MaybeRefOrGetter<Conference | undefined>): ConnectionInUse {
  const store = computed(() => {
    const present = toValue(conference);
    return present && connectionOf(present);
  });
  const snapshot = useStore<ConnectionSnapshot | undefined>(store, undefined);
  return {
    status: computed(() => snapshot.value?.status),
    sinceMs: computed(() => snapshot.value?.sinceMs),
    ownMedia: computed(() => snapshot.value?.ownMedia),
  };
}
