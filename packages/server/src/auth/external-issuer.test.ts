import { generateKeyPair, SignJWT } from 'jose';
import { expect, it, onTestFinished, vi } from 'vitest';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { startIdentityProvider } from '../testing/identity-provider.ts';
import { ExternalIssuer } from './external-issuer.ts';

it('reports an unreadable key set, but not a forged token', async () => {
  const clock = new FakeClock();
  const closings: (() => void)[] = [];
  const provider = await startIdentityProvider((close) => closings.push(close));
  const stop = (): void => {
    for (const close of closings.splice(0)) close();
  };
  onTestFinished(stop);
  const onKeysUnreadable = vi.fn<(error: unknown) => void>();
  const issuer = new ExternalIssuer(provider.config, clock, onKeysUnreadable);
  expect(await issuer.verify(await provider.sign(clock.now()))).toMatchObject({ sub: 'u-1' });
  await expect(issuer.verify(await provider.forge(clock.now()))).rejects.toThrow(/signature/);
  expect(onKeysUnreadable).not.toHaveBeenCalled();

  stop();
  const another = new ExternalIssuer(provider.config, clock, onKeysUnreadable);
  await expect(another.verify(await provider.sign(clock.now()))).rejects.toThrow(/fetch failed/);
  expect(onKeysUnreadable).toHaveBeenCalledOnce();
});

it('reads the keys again after ten minutes, and for an unknown key at most every 30 seconds', async () => {
  // Only the key set follows this clock.
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  const fetch = vi.spyOn(globalThis, 'fetch');
  onTestFinished(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  const clock = new FakeClock();
  const provider = await startIdentityProvider(onTestFinished);
  const onKeysUnreadable = vi.fn<(error: unknown) => void>();
  const issuer = new ExternalIssuer(provider.config, clock, onKeysUnreadable);
  const { privateKey } = await generateKeyPair('ES256');
  const unknown = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'k-2' }).sign(privateKey);
  const known = await provider.sign(clock.now());
  const readsAt = async (nowMs: number, token: string): Promise<number> => {
    vi.setSystemTime(nowMs);
    await issuer.verify(token).catch(() => undefined);
    return fetch.mock.calls.length;
  };
  expect(await readsAt(0, known)).toBe(1);
  expect(await readsAt(29_999, unknown)).toBe(1);
  expect(await readsAt(30_000, unknown)).toBe(2);
  expect(await readsAt(59_999, unknown)).toBe(2);
  expect(await readsAt(629_999, known)).toBe(2);
  expect(await readsAt(630_000, known)).toBe(3);
  expect(onKeysUnreadable).not.toHaveBeenCalled();
});

it.each([
  { sub: undefined },
  { exp: undefined },
  { organization: undefined },
  { aud: 'other' },
  { iss: 'other' },
])('refuses a token with the claims %j', async (changed) => {
  const clock = new FakeClock();
  const provider = await startIdentityProvider(onTestFinished);
  const issuer = new ExternalIssuer(provider.config, clock, failLoudly);
  await expect(issuer.verify(await provider.sign(clock.now(), changed))).rejects.toThrow(/claim/);
});
