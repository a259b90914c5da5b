import { latestValue, type SetLatest } from './latest-value.ts';

/** As `latestValue`, for each key on its own. A key is forgotten once its last value is applied. */
export function latestPerKey<Value>(
  apply: (key: string, value: Value) => Promise<void>,
): (key: string, value: Value) => Promise<void> {
  const running = new Map<string, { readonly set: SetLatest<Value>; calls: number }>();
  return async (key, value) => {
    const entry = running.get(key) ?? { set: latestValue((latest: Value) => apply(key, latest)), calls: 0 };
    running.set(key, entry);
    entry.calls += 1;
    try {
      await entry.set(value);
    } finally {
      entry.calls -= 1;
      if (entry.calls === 0) running.delete(key);
    }
  };
}
