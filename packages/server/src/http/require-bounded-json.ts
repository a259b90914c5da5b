import type { Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';

/**
 * Refuses JSON that is nested too deeply or has too many entries, before anything else walks through it: validation
 * and serialization recurse or report every wrong item.
 */
export function requireBoundedJson(value: unknown, limits: Limits): void {
  let level: unknown[] = [value];
  let entries = 0;
  for (let depth = 1; level.length > 0; depth += 1) {
    const inner: unknown[] = [];
    let holdsContainer = false;
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      holdsContainer = true;
      const values: readonly unknown[] = Object.values(item);
      entries += values.length;
      requireWithin(limits, 'jsonEntries', entries);
      for (const one of values) inner.push(one);
    }
    if (holdsContainer) requireWithin(limits, 'jsonDepth', depth);
    level = inner;
  }
}
