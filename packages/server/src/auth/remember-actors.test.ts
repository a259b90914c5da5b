import { expect, it } from 'vitest';
import type { Actor } from '../actor.ts';
import { RefusalError } from '../refusal.ts';
import { anActor } from '../testing/builders.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { rememberActors } from './remember-actors.ts';

function setUp(actor: Actor = anActor()) {
  const clock = new FakeClock();
  const checked: string[] = [];
  const authenticate = rememberActors((authorization = '') => {
    checked.push(authorization);
    if (authorization === 'bad') return Promise.reject(new RefusalError('invalid_token', 'No.'));
    return Promise.resolve({ ...actor, userId: authorization });
  }, clock);
  return { clock, checked, authenticate };
}

it('checks a token once a minute', async () => {
  const { clock, checked, authenticate } = setUp();
  expect(await authenticate('ada')).toBe(await authenticate('ada'));
  expect((await authenticate('bob')).userId).toBe('bob');
  clock.advance(59_999);
  await authenticate('ada');
  expect(checked).toEqual(['ada', 'bob']);
  clock.advance(1);
  await authenticate('ada');
  expect(checked).toEqual(['ada', 'bob', 'ada']);
});

it('checks a token again when it may have expired', async () => {
  const { clock, checked, authenticate } = setUp(
    anActor({ tokenExpiresAtMs: new FakeClock().now() + 1_000 }),
  );
  await authenticate('ada');
  clock.advance(1_000);
  await authenticate('ada');
  expect(checked).toEqual(['ada', 'ada']);
});

it('checks a refused token every time', async () => {
  const { checked, authenticate } = setUp();
  await expect(authenticate('bad')).rejects.toThrow('No.');
  await expect(authenticate('bad')).rejects.toThrow('No.');
  expect(checked).toEqual(['bad', 'bad']);
});

it('caches a limited number of actors', async () => {
  const { checked, authenticate } = setUp();
  for (let index = 0; index <= 20_000; index += 1) await authenticate(`${index}`);
  await authenticate('1');
  expect(checked).toHaveLength(20_001);
  await authenticate('0');
  expect(checked).toHaveLength(20_002);
});
