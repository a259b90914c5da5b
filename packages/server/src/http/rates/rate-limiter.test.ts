import { expect, it } from 'vitest';
import { defaultRateLimits } from '../../limits/rate-limits.ts';
import { RateLimiter, RateLimitError } from './rate-limiter.ts';

const names = [
  'callsPerUser',
  'callsPerAddress',
  'loginsPerAddress',
  'changedBytesPerUser',
  'mediaSetupsPerUser',
] as const;

function limiterOf(name: (typeof names)[number], limit: number): RateLimiter {
  return new RateLimiter({ ...defaultRateLimits, [name]: limit }, name);
}

async function refusalOf(act: Promise<void>): Promise<RateLimitError> {
  const error: unknown = await act.catch((reason: unknown) => reason);
  if (error instanceof RateLimitError) return error;
  throw new Error('It was not refused.');
}

it.each(names)('counts %s for each key in a minute, and names the limit', async (name) => {
  const limiter = limiterOf(name, 2);
  await limiter.take('ada');
  await limiter.take('ada');
  const refusal = await refusalOf(limiter.take('ada'));
  expect(refusal.message).toMatch(new RegExp(`^The limit is 2 .* minute \\(${name}\\)\\. Wait \\d+ seconds`));
  expect(refusal.retryAfterSeconds).toBeGreaterThan(50);
  expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(60);
  await limiter.take('bob');
});

it('refuses a key once it has used up the limit, even in one piece', async () => {
  const limiter = limiterOf('changedBytesPerUser', 10);
  await limiter.require('ada');
  await limiter.spend('ada', 9);
  await limiter.require('ada');
  await limiter.spend('ada', 1);
  expect(await refusalOf(limiter.require('ada'))).toMatchObject({ code: 'too_many_requests' });
  await limiter.spend('bob', 1_000);
  await refusalOf(limiter.require('bob'));
  await limiter.require('cy');
});
