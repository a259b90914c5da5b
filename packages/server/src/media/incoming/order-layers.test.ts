import { expect, it } from 'vitest';
import { orderLayers } from './order-layers.ts';

const size = (heightPx: number | undefined, bitrateBps = 0) => ({ heightPx, bitrateBps });

it.each([
  ['by height', [0, 1, 2], [size(720), size(180), size(360)], [1, 2, 0]],
  ['by height even if a larger layer has fewer bits', [0, 1], [size(720, 10), size(360, 1_000)], [1, 0]],
  [
    'by bitrate where heights are unknown',
    [0, 1, 2],
    [size(undefined, 900), size(undefined, 100), size(undefined, 400)],
    [1, 2, 0],
  ],
  ['by bitrate where heights are the same', [0, 1], [size(720, 900), size(720, 300)], [1, 0]],
  ['not at all where bitrates are similar', [1, 0], [size(undefined, 90), size(undefined, 100)], [1, 0]],
  [
    'not at all where one bitrate is half as much again',
    [1, 0],
    [size(undefined, 100), size(undefined, 150)],
    [1, 0],
  ],
  ['by bitrate from there on', [1, 0], [size(undefined, 100), size(undefined, 151)], [0, 1]],
  ['by bitrate where one height is unknown', [0, 1], [size(180, 900), size(undefined, 100)], [1, 0]],
  ['not at all while a layer does not arrive', [0, 1], [size(undefined, 900), size(undefined, 0)], [0, 1]],
  ['a single layer', [0], [size(180)], [0]],
  ['four layers', [0, 1, 2, 3], [size(720), size(90), size(360), size(180)], [1, 3, 2, 0]],
])('sorts layers %s', (_how, order, sizes, expected) => {
  expect(orderLayers(order, sizes)).toEqual(expected);
});
