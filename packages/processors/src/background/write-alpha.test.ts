import { expect, it } from 'vitest';
import { writeAlpha } from './write-alpha.ts';

it('hides what is probably background, keeps what is probably a person, and fades between', () => {
  const pixels = new Uint8ClampedArray(4 * 5);
  writeAlpha(new Float32Array([0, 0.3, 0.5, 0.7, 1]), pixels);
  expect(pixels.filter((_, index) => index % 4 === 3)).toEqual(new Uint8ClampedArray([0, 0, 128, 255, 255]));
});

it('leaves nothing of the frame before', () => {
  const pixels = new Uint8ClampedArray(4).fill(255);
  writeAlpha(new Float32Array([0]), pixels);
  expect(pixels[3]).toBe(0);
});
