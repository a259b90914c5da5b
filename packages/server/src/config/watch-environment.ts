import type { Environment } from './environment.ts';

/** What back ends read, which may share an environment with their server. */
const ofBackEnds: ReadonlySet<string> = new Set(['PARLEY_URL', 'PARLEY_CLIENT_ID', 'PARLEY_CLIENT_SECRET']);

/** An environment that remembers what was read. */
export interface WatchedEnvironment {
  readonly env: Environment;
  /** The `PARLEY_*` variables that are set and that nothing has read, in alphabetical order. */
  readonly unread: () => readonly string[];
}

/** Watches which variables are read, so that a misspelled one does not go unnoticed. */
export function watchEnvironment(environment: Environment): WatchedEnvironment {
  const read = new Set<string>();
  const env = new Proxy(environment, {
    get(target, name) {
      if (typeof name !== 'string') return undefined;
      read.add(name);
      return target[name];
    },
  });
  const isUnread = (name: string): boolean =>
    name.startsWith('PARLEY_') && !read.has(name) && !ofBackEnds.has(name);
  return {
    env,
    unread: () =>
      Object.keys(environment)
        .filter((name) => environment[name] !== undefined && isUnread(name))
        .toSorted(),
  };
}
