import { onScopeDispose, type ShallowRef, shallowRef } from 'vue';
import type { Store } from '../shared/store.ts';

/** The present state of a store, for as long as the component is there. */
export function useStore<State>({ subscribe, getSnapshot }: Store<State>): Readonly<ShallowRef<State>> {
  const state = shallowRef(getSnapshot());
  onScopeDispose(
    subscribe(() => {
      state.value = getSnapshot();
    }),
  );
  return state;
}
