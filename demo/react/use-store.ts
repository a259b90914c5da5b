import { useSyncExternalStore } from 'react';
import type { Store } from '../shared/store.ts';

/** The current state of a store. */
export function useStore<State>({ subscribe, getSnapshot }: Store<State>): State {
  return useSyncExternalStore(subscribe, getSnapshot);
}
