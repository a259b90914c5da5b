/** State to read and to subscribe to, as React, Vue and plain pages like it. */
export interface Store<State> {
  /** The same object until something changes. */
  readonly getSnapshot: () => State;
  /** Calls `listener` after every change until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** A store as its owner sees it. */
export interface WritableStore<State> extends Store<State> {
  /** Changes some fields and tells everybody, unless they are what they were. */
  readonly set: (change: Partial<State>) => void;
}

export function createStore<State extends object>(initial: State): WritableStore<State> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    getSnapshot: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set: (change) => {
      const keys = Object.keys(change) as (keyof State)[];
      if (keys.every((key) => Object.is(state[key], change[key]))) return;
      state = { ...state, ...change };
      for (const listener of Array.from(listeners)) listener();
    },
  };
}
