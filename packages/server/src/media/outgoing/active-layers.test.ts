import { expect, it } from 'vitest';
import { ActiveLayers } from './active-layers.ts';

it('deactivates a layer five seconds after its last use, and reactivates it immediately', () => {
  const changes: (readonly string[])[] = [];
  const layers = new ActiveLayers(['q', 'h', 'f'], 0, (activeRids) => changes.push(activeRids));
  for (let nowMs = 0; nowMs <= 4_980; nowMs += 20) layers.update((layer) => layer === 0, nowMs);
  expect(changes).toEqual([]);
  layers.update((layer) => layer === 0, 5_000);
  expect(changes).toEqual([['q']]);
  layers.update((layer) => layer <= 1, 5_020);
  expect(changes.slice(1)).toEqual([['q', 'h']]);
  layers.update(() => false, 5_040);
  layers.update(() => false, 10_020);
  expect(changes.slice(2)).toEqual([[]]);
});
