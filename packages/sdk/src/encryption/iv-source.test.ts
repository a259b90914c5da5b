import { expect, it } from 'vitest';
import { IvSource } from './iv-source.ts';

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

it('never repeats an IV, within a source or across sources', () => {
  const ivs = Array.from({ length: 50 }, () => new IvSource()).flatMap((source) =>
    Array.from({ length: 200 }, () => hex(source.next())),
  );
  expect(new Set(ivs).size).toBe(50 * 200);
});

it('keeps the random part while it counts up, until all counts are used', () => {
  const source = new IvSource(2 ** 32 - 2);
  const [first, last, next, following] = [0, 0, 0, 0].map(() => hex(source.next()));
  expect(first?.slice(16)).toBe('fffffffe');
  expect(last).toBe(`${first?.slice(0, 16)}ffffffff`);
  expect(next?.slice(16)).toBe('00000000');
  expect(next?.slice(0, 16)).not.toBe(first?.slice(0, 16));
  expect(following).toBe(`${next?.slice(0, 16)}00000001`);
});
