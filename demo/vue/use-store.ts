import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { Store } from '../shared/store.ts';

/** The current state of a store, updated while the component is mounted. */
export function useStore<State>({ subscribe, getSnapshot }: Store<State>): Readonly<ShallowRef<State>> {
  const state = shallowRef(getSnapshot());
  onScopeDispose(
    subscribe(() => {
      state.value = getSnapshot();
    }),
  );
  return state;
}
