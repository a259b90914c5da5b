/** Sets a value. Resolves or rejects as the newest call does, once that has settled. */
export type SetLatest<Value> = (value: Value) => Promise<void>;

/**
 * Makes the last call win for something that is set asynchronously. `apply` runs for one value at a time. A newer call aborts
 * `superseded` and is applied once the running one has settled; values in between are skipped. So an older call never
 * overwrites a newer one, and a failure is reported only if it concerns the newest value.
 */
export function latestValue<Value>(
  apply: (value: Value, superseded: AbortSignal) => Promise<void>,
): SetLatest<Value> {
  let newest: { readonly value: Value } | undefined;
  let running: Promise<void> | undefined;
  let superseded = new AbortController();

  const run = async (): Promise<void> => {
    try {
      for (;;) {
        const current = newest;
        if (!current) return;
        superseded = new AbortController();
        const { signal } = superseded;
        try {
          await (async () => apply(current.value, signal))();
        } catch (error) {
          if (newest === current) throw error;
        }
        if (newest === current) return;
      }
    } finally {
      // In the same turn as the check above: a call in between would be forgotten.
      running = undefined;
    }
  };

  return (value) => {
    newest = { value };
    superseded.abort();
    running ??= run();
    return running;
  };
}
