import { expect, test, vi } from 'vitest';
import { aJwt } from '../testing/a-jwt.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { watchToken } from './token-watch.ts';

test('a token that is given at once tells its authorities at once', () => {
  const token = aJwt({ authorities: ['ROLE_USER'] });
  expect(watchToken(token)).toMatchObject({ source: token, authorities: ['ROLE_USER'] });
});

test('each token that is fetched is handed on, and looked at; only what is new is told', async () => {
  const tokens = [{ authorities: ['ROLE_USER'] }, { authorities: ['ROLE_USER'], jti: '2' }, {}].map(aJwt);
  const fetched = [...tokens];
  const watch = watchToken(() => fetched.shift() ?? '');
  watch.onChanged = vi.fn<() => void>();
  const source = watch.source as () => Promise<string>;
  expect([await source(), await source(), await source()]).toEqual(tokens);
  expect(vi.mocked(watch.onChanged).mock.calls).toEqual([[['ROLE_USER']], [[]]]);
  expect(watch.authorities).toEqual([]);
});

test('what is no readable token says nothing, and failures stay what they are', async () => {
  expect(watchToken('opaque').authorities).toEqual([]);
  expect(watchToken(aJwt({ authorities: 'ROLE_USER' })).authorities).toEqual([]);
  const mistake = new Error('no network');
  const { source } = watchToken(() => Promise.reject(mistake));
  expect(await rejectionOf((source as () => Promise<string>)())).toBe(mistake);
});
