import { createStore, type Store } from '../page/store.ts';

/** What the user prefers on this page, in every call. */
export interface Preferences {
  /** Whether the own video looks like a mirror, to the user alone. */
  readonly isMirrored: boolean;
  /** Whether the page plays a sound when something happens. */
  readonly hasSounds: boolean;
}

export interface PreferencesStore extends Store<Preferences> {
  /** Changes some preferences and remembers them. */
  readonly change: (change: Partial<Preferences>) => void;
}

const storageKey = 'parley.preferences';
const defaults: Preferences = { isMirrored: true, hasSounds: false };

/** `storage`: where they are remembered; undefined for a page that may not store anything. */
export function createPreferences(
  storage: Pick<Storage, 'getItem' | 'setItem'> | undefined = pageStorage(),
): PreferencesStore {
  const store = createStore<Preferences>(readFrom(storage));
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    change: (change) => {
      store.set(change);
      try {
        storage?.setItem(storageKey, JSON.stringify(store.getSnapshot()));
      } catch {
        // Full or forbidden: the choice lasts until the page closes.
      }
    },
  };
}

/** Others may have written nonsense. */
function readFrom(storage: Pick<Storage, 'getItem'> | undefined): Preferences {
  try {
    const read: unknown = JSON.parse(storage?.getItem(storageKey) ?? '{}');
    const { isMirrored, hasSounds } = Object(read) as Readonly<Record<keyof Preferences, unknown>>;
    return {
      isMirrored: typeof isMirrored === 'boolean' ? isMirrored : defaults.isMirrored,
      hasSounds: typeof hasSounds === 'boolean' ? hasSounds : defaults.hasSounds,
    };
  } catch {
    return defaults;
  }
}

function pageStorage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    // Reading it throws in pages without storage.
    return undefined;
  }
}

/** The user's preferences, one store for the page. */
export const preferences: PreferencesStore = createPreferences();
