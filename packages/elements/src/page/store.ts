/** Observable state, read alike by hooks, composables and elements. */
export interface Store<State> {
  /** The same object until something changes. */
  readonly getSnapshot: () => State;
  /** Calls `listener` after each change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** The store as its owner sees it. */
export interface WritableStore<State> extends Store<State> {
  /** Changes some fields and notifies listeners, unless nothing changed. */
  readonly set: (change: Partial<State>) => void;
}

export function createStore<State extends object>(initial: State): WritableStore<State> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    getSnapshot: () => state,
    subscribe: (listener) => {
      // A function of its own, so that a listener can subscribe twice.
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
    set: (change) => {
      const keys = Object.keys(change) as (keyof State)[];
      if (keys.every((key) => Object.is(state[key], change[key]))) return;
      state = { ...state, ...change };
      for (const listener of Array.from(listeners)) listener();
    },
  };
}
