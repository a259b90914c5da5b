import { expect, it } from 'vitest';
import { refusalOf } from '../testing/refusal-of.ts';
import { formatPosition, parsePosition } from './push-position.ts';

it.each([
  [{ version: 3, sequence: 17, versionId: 'e-2' }, '3.17.e-2'],
  [{ version: 0, sequence: 0, versionId: 'e.with.dots' }, '0.0.e.with.dots'],
  [
    { version: 999_999_999_999_999, sequence: 999_999_999_999_999, versionId: 'e' },
    '999999999999999.999999999999999.e',
  ],
])('writes %j as %s, and reads it again', (position, id) => {
  expect(formatPosition(position)).toBe(id);
  expect(parsePosition(id)).toEqual(position);
});

it('reads what servers before 1.1 wrote, and writes the beginning without a version', () => {
  expect(parsePosition('3.17')).toEqual({ version: 3, sequence: 17, versionId: undefined });
  expect(formatPosition({ sequence: 17 })).toBe('0.17.');
});

it.each(['', '3', '3.', '.17', '3.x', '-1.17', '3.17.', '1000000000000000.1', '1.1000000000000000', ' 3.17'])(
  'refuses %j',
  (id) => {
    expect(refusalOf(() => parsePosition(id))).toBe('invalid_request');
  },
);
