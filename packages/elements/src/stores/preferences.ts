import { createStore, type Store } from './store.ts';

/** What a user prefers in all calls on this page. */
export interface Preferences {
  /** Whether the own video is mirrored, as in a mirror. Others never see it mirrored. Default true. */
  readonly isMirrored: boolean;
  /** Whether notices sound. Default false. */
  readonly hasSounds: boolean;
}

export interface PreferencesStore extends Store<Preferences> {
  /** Changes some, and remembers them where the page may. */
  readonly change: (change: Partial<Preferences>) => void;
}

const storageKey = 'parley.preferences';
const defaults: Preferences = { isMirrored: true, hasSounds: false };

const store = createStore<Preferences>(read());

/** The user's preferences, one store for the page. */
export const preferences: PreferencesStore = {
  getSnapshot: store.getSnapshot,
  subscribe: store.subscribe,
  change: (change) => {
    store.set(change);
    try {
      localStorage.setItem(storageKey, JSON.stringify(store.getSnapshot()));
    } catch {
      // A page without storage keeps them until it is closed.
    }
  },
};

function read(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    const { isMirrored, hasSounds } = Object(stored) as Readonly<Record<keyof Preferences, unknown>>;
    return {
      isMirrored: typeof isMirrored === 'boolean' ? isMirrored : defaults.isMirrored,
      hasSounds: typeof hasSounds === 'boolean' ? hasSounds : defaults.hasSounds,
    };
  } catch {
    return defaults;
  }
}
