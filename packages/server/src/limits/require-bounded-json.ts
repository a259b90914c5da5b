import type { Limits } from './limits.ts';
import { requireWithin } from './require-within.ts';

/**
 * Refuses JSON that is nested too deeply or holds too much, before anything walks through it: what comes later
 * (validation, serialisation) recurses or reports each wrong item.
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
