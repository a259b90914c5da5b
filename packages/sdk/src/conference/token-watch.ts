import { claimsOf, type TokenSource } from '@parley-rtc/client';

/** A token source, and what its tokens say of us. */
export interface TokenWatch {
  /** Gives the tokens on, unchanged. */
  readonly source: TokenSource;
  /** Of the token in use. */
  readonly authorities: readonly string[];
  /** How long the first token took to fetch, in milliseconds. */
  readonly firstMs: number;
  /** Another token says something else. */
  onChanged: (authorities: readonly string[]) => void;
}

/** Looks at every token that comes by. */
export function watchToken(source: TokenSource): TokenWatch {
  let authorities: readonly string[] = [];
  let firstMs: number | undefined;
  const look = (token: string) => {
    const { authorities: told } = claimsOf(token);
    const next = Array.isArray(told) ? told.map(String) : [];
    if (next.join() === authorities.join()) return token;
    authorities = next;
    watch.onChanged(next);
    return token;
  };
  const watch: TokenWatch = {
    // What is neither is refused by whom it is given to.
    source:
      typeof source === 'function'
        ? async () => {
            const startedMs = performance.now();
            const token = await source();
            firstMs ??= performance.now() - startedMs;
            return look(token);
          }
        : source,
    get authorities() {
      return authorities;
    },
    get firstMs() {
      return firstMs ?? 0;
    },
    onChanged: () => {},
  };
  if (typeof source === 'string') look(source);
  return watch;
}
