import { test } from '@playwright/test';
import { adaAndBob } from './support/ada-and-bob.ts';
import type { Caller } from './support/caller.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';

interface Options {
  readonly codec?: 'VP9' | 'H264';
  readonly videoHint?: 'motion' | 'detail';
}

/** Publishes a bar code of 11 with these options. */
async function publish(caller: Caller, options: Options): Promise<void> {
  await caller.page.evaluate(async (options) => {
    const mediaStream = window.probe.source({ id: 11 });
    window.mine = await window.conference.publishStream({ mediaStream, type: 'CAM', ...options });
  }, options);
}

test('publishStream sends the codec that the app prefers', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  await publish(ada, { codec: 'VP9' });
  await bob.expectVideoOf(11);
  await expectToGrow(async () => (await bob.received()).framesDecoded, 20);
  expect((await bob.received()).videoCodec).toBe('video/VP9');
  await ada.close();
  await bob.close();
});

test('publishStream sends VP8 where the browser cannot encode the codec that the app prefers', async ({
  browser,
}) => {
  const { ada, bob } = await adaAndBob(browser);
  await ada.page.evaluate(() => {
    const listed = RTCRtpSender.getCapabilities.bind(RTCRtpSender);
    RTCRtpSender.getCapabilities = (kind) => {
      const { codecs = [], headerExtensions = [] } = listed(kind) ?? {};
      return { codecs: codecs.filter(({ mimeType }) => mimeType !== 'video/H264'), headerExtensions };
    };
  });
  await publish(ada, { codec: 'H264' });
  await bob.expectVideoOf(11);
  await expectToGrow(async () => (await bob.received()).framesDecoded, 20);
  expect((await bob.received()).videoCodec).toBe('video/VP8');
  expect(await ada.diary()).not.toContainEqual(expect.stringMatching(/^error/));
  await ada.close();
  await bob.close();
});

// Firefox has no content hints.
for (const [videoHint, contentType] of [
  ['detail', 'screenshare'],
  ['motion', undefined],
] as const) {
  test(
    `the encoder treats video with the hint “${videoHint}” as ${contentType ?? 'a camera'}`,
    { tag: '@chromium' },
    async ({ browser }) => {
      const { ada, bob } = await adaAndBob(browser);
      await publish(ada, { videoHint });
      await bob.expectVideoOf(11);
      const encodings = await ada.page.evaluate(async () => {
        const report = await window.probe.peerConnections()[0]?.getStats();
        const rows = [...(report?.values() ?? [])] as { type: string; contentType?: string }[];
        return rows.filter(({ type }) => type === 'outbound-rtp').map(({ contentType }) => contentType);
      });
      expect(new Set(encodings)).toEqual(new Set([contentType]));
      await ada.close();
      await bob.close();
    },
  );
}
