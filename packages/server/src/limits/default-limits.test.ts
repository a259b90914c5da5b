import { expect, it } from 'vitest';
import { documentedLimits } from '../testing/documented-limits.ts';
import { defaultLimits } from './limits.ts';
import { defaultRateLimits } from './rate-limits.ts';

it('documents every limit with its default, and no other', () => {
  const values = Object.fromEntries([...documentedLimits()].map(([name, { value }]) => [name, value]));
  expect(values).toEqual({ ...defaultLimits, ...defaultRateLimits });
});
