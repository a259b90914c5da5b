import { createStore, type Store } from '../page/store.ts';
import { en, type Texts } from './en.ts';

/** Fetches the texts of a language when they are wanted. English is always there. */
const loaders: Readonly<Record<string, () => Promise<Texts>>> = {
  de: async () => (await import('./de.ts')).de,
  el: async () => (await import('./el.ts')).el,
};

const store = createStore<{ readonly loaded: ReadonlyMap<string, Texts> }>({ loaded: new Map([['en', en]]) });
const loading = new Set<string>();

/** The languages whose texts have been loaded. */
export const languages: Store<{ readonly loaded: ReadonlyMap<string, Texts> }> = {
  getSnapshot: store.getSnapshot,
  subscribe: store.subscribe,
};

/** The texts of a language such as `de-AT`: English for one that we do not speak, and until its texts are there. */
export function textsIn(language: string): Texts {
  const [primary = ''] = language.toLowerCase().split('-');
  const { loaded } = store.getSnapshot();
  const texts = loaded.get(primary);
  if (!texts) void load(primary);
  return texts ?? en;
}

async function load(primary: string): Promise<void> {
  const loader = Object.hasOwn(loaders, primary) ? loaders[primary] : undefined;
  if (!loader || loading.has(primary)) return;
  loading.add(primary);
  try {
    const texts = await loader();
    store.set({ loaded: new Map(store.getSnapshot().loaded).set(primary, texts) });
  } catch {
    // English stays. The next element that asks tries again.
    loading.delete(primary);
  }
}
