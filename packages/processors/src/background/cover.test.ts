import { expect, it } from 'vitest';
import { cover } from './cover.ts';

it.each([
  ['a wide image', { width: 400, height: 100 }, { x: -150, y: 0, width: 400, height: 100 }],
  ['a tall image', { width: 50, height: 200 }, { x: 0, y: -150, width: 100, height: 400 }],
  ['an image of the same proportions', { width: 10, height: 10 }, { x: 0, y: 0, width: 100, height: 100 }],
])('covers a square with the middle of %s', (_, content, expected) => {
  expect(cover(content, { width: 100, height: 100 })).toEqual(expected);
});
