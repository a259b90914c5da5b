import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';
import { offerCodecs, type OfferedCodecs } from './support/offer-codecs.ts';

async function openWith(caller: Caller, room: string, name: string, offered: OfferedCodecs): Promise<Caller> {
  await caller.page.evaluate(offerCodecs, offered);
  await caller.join(room, name);
  return caller;
}

/** Whether this browser can encode the codec. Debian's builds lack some encoders. */
async function canSend(caller: Caller, mimeType: string): Promise<boolean> {
  return await caller.page.evaluate(
    (codec) =>
      (RTCRtpSender.getCapabilities('video')?.codecs ?? []).some(({ mimeType }) => mimeType === codec),
    mimeType,
  );
}

test.describe('a stream uses the codec that its publisher offers first', () => {
  const rows: {
    title: string;
    tag?: string;
    offered: OfferedCodecs;
    viewer?: OfferedCodecs;
    scalabilityMode?: string;
  }[] = [
    { title: 'VP8', offered: { first: { mimeType: 'video/VP8' } } },
    { title: 'H.264', offered: { first: { mimeType: 'video/H264' } } },
    {
      title: 'H.264 Baseline to a viewer that has only Constrained Baseline, like Safari',
      offered: { first: { mimeType: 'video/H264', parameters: 'mode=1;profile-level-id=42001f' } },
      viewer: {
        first: { mimeType: 'video/H264', parameters: 'mode=1;profile-level-id=42e01f' },
        isOnly: true,
      },
    },
    {
      title: 'H.264 in single NAL units',
      offered: { first: { mimeType: 'video/H264', parameters: 'mode=0;profile-level-id=42e01f' } },
    },
    { title: 'VP9', offered: { first: { mimeType: 'video/VP9', parameters: 'profile-id=0' } } },
    {
      title: 'VP9 in two spatial and three temporal layers',
      // Firefox sends no such layers.
      tag: '@chromium',
      offered: { first: { mimeType: 'video/VP9', parameters: 'profile-id=0' } },
      scalabilityMode: 'L2T3_KEY',
    },
    { title: 'AV1', offered: { first: { mimeType: 'video/AV1', parameters: 'profile=0' } } },
  ];
  for (const { title, tag = [], offered, viewer = {}, scalabilityMode } of rows) {
    test(title, { tag }, async ({ browser }) => {
      const room = newRoom();
      const mimeType = offered.first?.mimeType ?? '';
      const ada = await Caller.open(browser);
      test.skip(!(await canSend(ada, mimeType)), `This browser has no encoder for ${mimeType}.`);
      const [bob] = await Promise.all([
        ada.openAnother().then((another) => openWith(another, room, 'Bob', viewer)),
        openWith(ada, room, 'Ada', offered),
      ]);
      await ada.publish(11);
      if (scalabilityMode !== undefined) await sendLayers(ada, scalabilityMode);
      await bob.expectVideoOf(11);

      // A late viewer starts in the middle of the stream, so it needs a key frame that the server recognizes.
      const cyd = await openWith(await ada.openAnother(), room, 'Cyd', viewer);
      await cyd.expectVideoOf(11);
      await Promise.all([bob, cyd].map((side) => expectDecoded(side, mimeType)));
      for (const caller of [ada, bob, cyd]) await caller.close();
    });
  }
});

/** Waits until the viewer has decoded twenty more frames in this codec. */
async function expectDecoded(viewer: Caller, mimeType: string): Promise<void> {
  await expectToGrow(async () => (await viewer.received()).framesDecoded, 20);
  // Read the codec only now: statistics include it shortly after the first frame is shown.
  expect((await viewer.received()).videoCodec).toBe(mimeType);
  expect(await viewer.diary()).not.toContainEqual(expect.stringMatching(/^error/));
}

/** Makes the page's stream scalable and waits until its encoder uses the mode. */
async function sendLayers(caller: Caller, scalabilityMode: string): Promise<void> {
  await caller.page.evaluate(async (scalabilityMode) => {
    const sender = window.probe
      .peerConnections()
      .flatMap((peer) => peer.getSenders())
      .find(({ track }) => track?.kind === 'video');
    const parameters = sender?.getParameters();
    if (!sender || !parameters) throw new Error('This page sends no video.');
    for (const encoding of parameters.encodings) Object.assign(encoding, { scalabilityMode });
    await sender.setParameters(parameters);
  }, scalabilityMode);
  const modeInUse = (): Promise<unknown> =>
    caller.page.evaluate(async () => {
      const [peer] = window.probe.peerConnections();
      const rows = [...((await peer?.getStats()) ?? new Map<string, object>()).values()] as {
        type: string;
        scalabilityMode?: string;
      }[];
      return rows.find((row) => row.type === 'outbound-rtp' && row.scalabilityMode)?.scalabilityMode;
    });
  // On a busy machine the encoder drops spatial layers, but never temporal ones.
  await expect.poll(modeInUse).toMatch(/^L\dT3/);
}

// Firefox does not support redundant audio.
test(
  'redundant audio reaches viewers that support it unchanged, and others as plain Opus',
  {
    tag: '@chromium',
  },
  async ({ browser }) => {
    const room = newRoom();
    const ada = await Caller.open(browser);
    await ada.join(room, 'Ada');
    const bob = await openWith(await ada.openAnother(), room, 'Bob', {});
    const cyd = await openWith(await ada.openAnother(), room, 'Cyd', { without: ['audio/red'] });
    await ada.publish(11, 440);
    for (const viewer of [bob, cyd]) {
      await viewer.expectVideoOf(11);
      await expect.poll(() => viewer.tonesHz()).toEqual([440]);
      await expect.poll(() => viewer.received()).toMatchObject({ audioCodec: 'audio/opus' });
    }
    // Statistics name only the inner codec, so compare sizes: each redundant packet also contains the previous frame.
    const [redundant, plain] = [await bob.received(), await cyd.received()];
    expect(plain.audioPacketBytes).toBeGreaterThan(10);
    expect(redundant.audioPacketBytes).toBeGreaterThan(1.7 * plain.audioPacketBytes);
    for (const caller of [ada, bob, cyd]) await caller.close();
  },
);

test('a viewer without the codec gets an error with advice instead of a black tile', async ({ browser }) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  await openWith(ada, room, 'Ada', { first: { mimeType: 'video/VP9', parameters: 'profile-id=0' } });
  const bob = await ada.openAnother();
  await openWith(bob, room, 'Bob', { without: ['video/VP9'] });
  await ada.publish(11, 440);
  const outcome = await bob.page.evaluate(async () => {
    const { conference } = window;
    const stream = await new Promise<string>((resolve) => {
      conference.on('stream-published', ({ stream }) => resolve(stream.id));
    });
    return await conference.viewStream(stream).then(
      () => ({ code: 'none', message: 'it resolved' }),
      (error: unknown) => ({ code: String((error as { code: string }).code), message: String(error) }),
    );
  });
  expect(outcome.code).toBe('ERR_INVALID_REQUEST');
  expect(outcome.message).toMatch(/no_common_codec.*video in VP9.*Publish it in VP8/);
  await ada.close();
  await bob.close();
});
