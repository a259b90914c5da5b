import { setTimeout } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Time for a few samples of the event loop; its metrics are undefined before the first. */
const firstSamplesMs = 100;

let started: Promise<Registry> | undefined;

/**
 * Memory, processor time, event loop delay and garbage collection: one registry for the process. The first request
 * starts the collection, because sampling the event loop wakes an idle server a hundred times a second.
 */
export function processMetrics(): Promise<Registry> {
  started ??= start();
  return started;
}

async function start(): Promise<Registry> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  await setTimeout(firstSamplesMs);
  return registry;
}
