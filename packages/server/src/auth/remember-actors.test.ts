import { expect, it } from 'vitest';
import type { Actor } from '../actor.ts';
import { RefusalError } from '../refusal.ts';
import { anActor } from '../testing/builders.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { rememberActors } from './remember-actors.ts';

function setUp(actor: Actor = anActor()) {
  const clock = new FakeClock();
  const checked: string[] = [];
  const remembered = rememberActors((authorization = '') => {
    const token = authorization.split(' ').at(-1) ?? '';
    checked.push(token);
    if (token === 'bad') return Promise.reject(new RefusalError('invalid_token', 'No.'));
    return Promise.resolve({ ...actor, userId: token });
  }, clock);
  const authenticate = (token: string, scheme = 'Bearer '): Promise<Actor> => remembered(`${scheme}${token}`);
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

it('holds a token once, however the header is written', async () => {
  const { checked, authenticate } = setUp();
  const schemes = ['Bearer ', 'bearer ', `Bearer${' '.repeat(16_000)}`];
  for (const scheme of schemes) expect((await authenticate('ada', scheme)).userId).toBe('ada');
  expect(checked).toEqual(['ada']);
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

it('drops the actor that was checked longest ago', async () => {
  const { clock, checked, authenticate } = setUp();
  for (let index = 0; index < 20_000; index += 1) await authenticate(`${index}`);
  clock.advance(60_000);
  await authenticate('0');
  await authenticate('another');
  const count = checked.length;
  await authenticate('0');
  expect(checked).toHaveLength(count);
});
