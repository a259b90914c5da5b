import { setTimeout } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Enough for some looks at the event loop, of which there is no figure before the first. */
const firstLooksMs = 100;

let begun: Promise<Registry> | undefined;

/**
 * Memory, processor time, event loop delay and garbage collection: one set for the process. Begun by who asks first, since
 * watching the event loop wakes an idle server a hundred times a second.
 */
export function processMetrics(): Promise<Registry> {
  begun ??= begin();
  return begun;
}

async function begin(): Promise<Registry> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  await setTimeout(firstLooksMs);
  return registry;
}
