import type { TrackProcessor } from '@parley-rtc/sdk';
import { createStore, type Store } from '../page/store.ts';

/** What can be shown behind the user, such as a blur or an image. */
export interface Background {
  /** Remembers the choice. */
  readonly id: string;
  /** Its name, in the page's language. */
  readonly label: string;
  /** Creates the processor of the video. Called whenever it starts, so that its code can be fetched when it is needed. */
  readonly create: () => TrackProcessor | Promise<TrackProcessor>;
}

export interface BackgroundsState {
  /** What the page offers; empty for a page without processors. */
  readonly offered: readonly Background[];
  /** What the user has chosen; undefined for what the camera sees. */
  readonly chosen: Background | undefined;
  /** Whether it is being prepared. */
  readonly isStarting: boolean;
}

export interface BackgroundsStore extends Store<BackgroundsState> {
  /** Sets what users can choose from. A choice that they made before is chosen again. */
  readonly offer: (offered: readonly Background[]) => void;
  /** Chooses by id and remembers it; undefined for what the camera sees. */
  readonly choose: (id: string | undefined) => void;
  readonly setStarting: (isStarting: boolean) => void;
}

const storageKey = 'parley.background';

function createBackgrounds(): BackgroundsStore {
  const store = createStore<BackgroundsState>({ offered: [], chosen: undefined, isStarting: false });
  const find = (id: string | null | undefined): Background | undefined =>
    store.getSnapshot().offered.find((one) => one.id === id);
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    offer: (offered) => {
      const { chosen } = store.getSnapshot();
      store.set({ offered });
      const id = chosen?.id ?? readId();
      // Frameworks pass an equal list with every rendering; what runs must not start again for that.
      if (find(id)?.id !== chosen?.id) store.set({ chosen: find(id) });
    },
    choose: (id) => {
      store.set({ chosen: find(id) });
      try {
        localStorage.setItem(storageKey, id ?? '');
      } catch {
        // A page without storage asks again next time.
      }
    },
    setStarting: (isStarting) => store.set({ isStarting }),
  };
}

function readId(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

/** The user's background, one store for the page: the lobby shows it, and every call sends it. */
export const backgrounds: BackgroundsStore = createBackgrounds();
