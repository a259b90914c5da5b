import { onTestFinished, vi } from 'vitest';
import type { MediaRouter } from '../media-router.ts';
import { PacketRouter, type PacketRouterOptions } from '../routing/packet-router.ts';
import { createFakeNetwork, type FakeNetwork } from './fake-rtp-transport.ts';
import { relayedRouter } from './relayed-router.ts';

interface TestRouter<Router extends MediaRouter> {
  readonly network: FakeNetwork;
  readonly router: Router;
}

interface TimedTestRouter extends TestRouter<MediaRouter> {
  readonly nowMs: () => number;
  /** Delivers what was sent, runs the timers of the next `ms` milliseconds, and delivers what they sent. */
  readonly advance: (ms: number) => Promise<void>;
}

/** How a test's streams get to their views: within one router, or by a relay from one router to another. */
export const routes = ['one router', 'a relay'] as const;

/** A router on a fake network. It closes when the test ends. */
export function testRouter(options: Partial<PacketRouterOptions> = {}): TestRouter<PacketRouter> {
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
export function testRouterInTestTime(route: (typeof routes)[number] = 'one router'): TimedTestRouter {
  // Not those of a turn of the event loop, in which relays send.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let nowMs = 0;
  const options = { now: () => nowMs };
  const { network, router: origin } = testRouter(options);
  const edge = { ...options, createTransport: network.createTransport };
  return {
    network,
    router: route === 'one router' ? origin : relayedRouter(origin, testRouter(edge).router),
    nowMs: () => nowMs,
    advance: async (ms: number) => {
      await flush();
      vi.advanceTimersByTime(ms);
      await flush();
      nowMs += ms;
    },
  };
}

/** Delivers what was sent over the fake network and over relays. */
export async function flush(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    for (let microtask = 0; microtask < 10; microtask += 1) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
