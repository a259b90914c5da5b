import { expect, it } from 'vitest';
import { monitorLoopDelay, OverloadWatch } from './overload-watch.ts';
import { MediaError } from './media-router.ts';
import { PacketRouter } from './packet-router.ts';
import { eventually } from './testing/eventually.ts';
import { createFakeNetwork } from './testing/fake-rtp-transport.ts';
import recordings from './testing/recordings.json' with { type: 'json' };
import { withTransport } from './testing/test-offers.ts';

const { chromium } = recordings;

/** Lives through windows of 2 s with these means, and says what the watch said after each. */
function watchWindows(meansMs: readonly (number | undefined)[]): boolean[] {
  const left = [...meansMs];
  const watch = new OverloadWatch({ takeMeanMs: () => left.shift(), stop: () => {} });
  let nowMs = 0;
  watch.tick(nowMs);
  return meansMs.map(() => {
    for (let tick = 0; tick < 100; tick += 1) watch.tick((nowMs += 20));
    return watch.isOverloaded;
  });
}

it.each([
  ['accepts up to 50 ms', [0, 10, 49, 50], [false, false, false, false]],
  [
    'refuses above, and goes on refusing until it is below 25 ms',
    [51, 40, 25, 24],
    [true, true, true, false],
  ],
  ['stays as it is when nothing was measured', [51, undefined, 10, undefined], [true, true, false, false]],
])('%s', (_name, meansMs, expected) => {
  expect(watchWindows(meansMs)).toEqual(expected);
});

it('measures a loop that is kept busy', async () => {
  const monitor = monitorLoopDelay();
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 15));
    const endMs = performance.now() + 120;
    while (performance.now() < endMs);
  }
  expect(monitor.takeMeanMs()).toBeGreaterThan(40);
  monitor.stop();
});

it('refuses new streams and views while overloaded, serves those it has, and recovers by itself', async () => {
  const network = createFakeNetwork();
  let meanMs = 0;
  const router = new PacketRouter({
    createTransport: network.createTransport,
    // A window passes with every tick.
    now: (() => {
      let nowMs = 0;
      return () => (nowMs += 2_000);
    })(),
    log: () => {},
    release: () => {},
    loopDelay: { takeMeanMs: () => meanMs, stop: () => {} },
  });
  const publish = async (streamKey: string) => {
    const { parameters } = await network.createPeer();
    const sdpOffer = withTransport(chromium.publishOffer, parameters);
    return router.publish({ streamKey, type: 'MIC_AND_CAM', sdpOffer, videoBitrateBps: 0 });
  };
  const view = async (viewerId: string) => {
    const { parameters } = await network.createPeer();
    const sdpOffer = withTransport(chromium.viewOffer, parameters);
    return router.view({ streamKey: 'a', viewerId, sdpOffer });
  };
  await publish('a');
  await view('one');
  meanMs = 80;
  await eventually(async () => {
    const refused: unknown = await view('two').catch((error: unknown) => error);
    router.stopView('a', 'two');
    expect(refused).toBeInstanceOf(MediaError);
    expect(refused).toMatchObject({ code: 'overloaded' });
  });
  await expect(publish('b')).rejects.toMatchObject({ code: 'overloaded' });
  await expect(publish('a')).resolves.toBeDefined();
  await expect(view('one')).resolves.toBeDefined();
  meanMs = 5;
  await eventually(async () => void (await publish('b')));
  await router.close();
});
