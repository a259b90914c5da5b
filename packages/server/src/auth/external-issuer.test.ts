import { expect, it, onTestFinished, vi } from 'vitest';
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
