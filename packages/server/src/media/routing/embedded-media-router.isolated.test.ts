import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { connectEnds } from '../testing/media-router-behaviour.ts';
import recordings from '../testing/recordings.json' with { type: 'json' };
import { createEmbeddedRouter } from './embedded-media-router.ts';

it('refuses invalid addresses', () => {
  expect(() => createEmbeddedRouter({ bindAddress: 'localhost' })).toThrow(TypeError);
  expect(() => createEmbeddedRouter({ announcedAddress: 'media.example.com' })).toThrow(/announcedAddress/);
});

it('announces the configured address instead of its own of that family', async () => {
  const router = createEmbeddedRouter({ bindAddress: '127.0.0.1', announcedAddress: '203.0.113.5' });
  const { sdpAnswer } = await router.publish({
    streamKey: 'stream',
    type: 'MIC_AND_CAM',
    sdpOffer: recordings.chromium.publishOffer,
    videoBitrateBps: 0,
  });
  expect(sdpAnswer.match(/a=candidate:.*/g)).toEqual([
    expect.stringMatching(/ udp \d+ 203\.0\.113\.5 \d+ typ host/),
  ]);
  await router.close();
});

it('lets its process exit once closed, and can be created again', async () => {
  const script = `
    import { createEmbeddedRouter } from ${JSON.stringify(new URL('embedded-media-router.ts', import.meta.url).href)};
    const request = ${JSON.stringify({
      streamKey: 'stream',
      type: 'MIC_AND_CAM',
      sdpOffer: recordings.chromium.publishOffer,
      videoBitrateBps: 0,
    })};
    for (let round = 0; round < 2; round += 1) {
      const router = createEmbeddedRouter({ bindAddress: '127.0.0.1' });
      for (let stream = 0; stream < 5; stream += 1) {
        await router.publish({ ...request, streamKey: 'stream' + stream });
        gc();
      }
      await router.close();
      console.log('closed');
    }`;
  const flags = ['--expose-gc', '--conditions=@parley-rtc/source', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { timeout: 30_000 });
  expect(stdout).toBe('closed\nclosed\n');
}, 40_000);

it.each([
  ['one UDP port', /^127\.0\.0\.1 47311$/, { bindAddress: '127.0.0.1', udpPort: 47_311 }],
  ['IPv6', /^::1 \d+$/, { bindAddress: '::1' }],
])(
  'carries the media of several peers over %s',
  async (_name, expected, options) => {
    const toClose: (() => unknown)[] = [];
    const router = createEmbeddedRouter(options);
    onTestFinished(async () => {
      for (const close of toClose) await close();
      await router.close();
    });
    const { publish, view, answers } = connectEnds(router, toClose, options.bindAddress);
    for (const streamKey of ['a', 'b']) {
      const publisher = await publish(streamKey);
      const viewers = [await view(streamKey, 'one'), await view(streamKey, 'two')];
      await publisher.sendUntilSeen(viewers);
      publisher.send(`of ${streamKey}`);
      for (const viewer of viewers)
        await eventually(() => expect(viewer.texts().at(-1)).toBe(`of ${streamKey}`));
    }
    const sockets = answers.flatMap((answer) => answer.match(/(?<= )\S+ \d+(?= typ host)/g) ?? []);
    expect(answers).toHaveLength(6);
    for (const socket of sockets) expect(socket).toMatch(expected);
    expect(sockets.length).toBeGreaterThanOrEqual(6);
  },
  40_000,
);
