import { expect, it } from 'vitest';
import { WantedLayers } from './wanted-layers.ts';

it('gives a layer up after five seconds without a wish, and wants it again at once', () => {
  const told: (readonly string[])[] = [];
  const layers = new WantedLayers(['q', 'h', 'f'], 0, (activeRids) => told.push(activeRids));
  for (let nowMs = 0; nowMs <= 4_980; nowMs += 20) layers.update((layer) => layer === 0, nowMs);
  expect(told).toEqual([]);
  layers.update((layer) => layer === 0, 5_000);
  expect(told).toEqual([['q']]);
  layers.update((layer) => layer <= 1, 5_020);
  expect(told.slice(1)).toEqual([['q', 'h']]);
  layers.update(() => false, 5_040);
  layers.update(() => false, 10_020);
  expect(told.slice(2)).toEqual([[]]);
});
