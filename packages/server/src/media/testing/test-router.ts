import { onTestFinished, vi } from 'vitest';
import { PacketRouter, type PacketRouterOptions } from '../routing/packet-router.ts';
import { createFakeNetwork, type FakeNetwork } from './fake-rtp-transport.ts';

interface TestRouter {
  readonly network: FakeNetwork;
  readonly router: PacketRouter;
}

interface TimedTestRouter extends TestRouter {
  readonly nowMs: () => number;
  /** Delivers what was sent, runs the timers of the next `ms` milliseconds, and delivers what they sent. */
  readonly advance: (ms: number) => Promise<void>;
}

/** A router on a fake network. It closes when the test ends. */
export function testRouter(options: Partial<PacketRouterOptions> = {}): TestRouter {
  const network = createFakeNetwork();
  const router = new PacketRouter({
    createTransport: network.createTransport,
    now: () => performance.now(),
    log: () => {},
    release: () => {},
    ...options,
  });
  onTestFinished(() => router.close());
  return { network, router };
}

/** As {@link testRouter}, in time that the test advances. */
export function testRouterInTestTime(): TimedTestRouter {
  vi.useFakeTimers();
  let nowMs = 0;
  const { network, router } = testRouter({ now: () => nowMs });
  onTestFinished(() => void vi.useRealTimers());
  return {
    network,
    router,
    nowMs: () => nowMs,
    advance: async (ms: number) => {
      await flush();
      vi.advanceTimersByTime(ms);
      await flush();
      nowMs += ms;
    },
  };
}

/** Delivers what was sent over the fake network. */
export async function flush(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
