import { shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';

/** State that a composable reads. */
interface ReadableStore<State> {
  readonly getSnapshot: () => State;
  readonly subscribe: (listener: () => void) => () => void;
}

/** The current state of a store; `none` without one. */
export function useStore<State>(
  store: ComputedRef<ReadableStore<State> | undefined>,
  none: State,
): Readonly<ShallowRef<State>> {
  const state = shallowRef(none);
  watch(
    store,
    (present, _before, onCleanup) => {
      const read = () => {
        state.value = present ? present.getSnapshot() : none;
      };
      read();
      if (!present) return;
      onCleanup(present.subscribe(read));
      // Subscribing may change the state.
      read();
    },
    // Synchronous, so that readers never see the state of a conference that was removed.
    { immediate: true, flush: 'sync' },
  );
  return state;
}
