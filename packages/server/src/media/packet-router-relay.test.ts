import { duplexPair, type Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import type { LostPeer } from './media-router.ts';
import { frameKind, FrameReader, writeFrame, type FrameKind, type RelayFrame } from './relay/relay-frames.ts';
import { eventually } from './testing/eventually.ts';
import recordings from './testing/recordings.json' with { type: 'json' };
import { transportOf, withTransport } from './testing/test-offers.ts';
import { flush, testRouter } from './testing/test-router.ts';
import { videoSender, videoViewer } from './testing/video-ends.ts';

const { chromium, firefox } = recordings;
const streamKey = 'stream';

/** A publisher at one router, and others that take its stream from there; `drop` loses frames on the way to them. */
async function setUp({ drop = () => false }: { readonly drop?: (frame: RelayFrame) => boolean } = {}) {
  const { network, router: origin } = testRouter();
  const peer = await network.createPeer();
  const sdpOffer = withTransport(chromium.publishOffer, peer.parameters);
  const publish = { streamKey, type: 'MIC_AND_CAM', sdpOffer, videoBitrateBps: 0 } as const;
  const { sdpAnswer } = await origin.publish(publish);
  await peer.accept(transportOf(sdpAnswer), () => {});
  const edges = await Promise.all(
    [1, 2].map(async () => {
      const { router } = testRouter({ createTransport: network.createTransport });
      const [here, there] = lossyPair(drop);
      origin.sendRelay(streamKey, here);
      await router.receiveRelay(streamKey, there);
      return router;
    }),
  );
  const view = async (edge: number, viewerId: string) => {
    const router = edges[edge];
    if (!router) throw new Error('There are two.');
    const viewer = await network.createPeer();
    const offer = withTransport(firefox.viewOffer, viewer.parameters);
    const answer = await router.view({ streamKey, viewerId, sdpOffer: offer });
    await viewer.accept(transportOf(answer.sdpAnswer), () => {});
    await flush();
    return videoViewer(viewer, Number(/a=ssrc-group:FID (\d+)/.exec(answer.sdpAnswer)?.[1]));
  };
  return { network, origin, edges, view, sender: videoSender(peer, 0x1111) };
}

/** A connection that loses some of the frames in one direction. */
function lossyPair(drop: (frame: RelayFrame) => boolean): [Duplex, Duplex] {
  const [here, near] = duplexPair();
  const [far, there] = duplexPair();
  const reader = new FrameReader();
  near.on('data', (bytes: Buffer) => {
    for (const frame of reader.read(bytes)) {
      const { kind, content, section, layer } = frame;
      if (!drop(frame)) far.write(writeFrame(kind as FrameKind, content, section, layer));
    }
  });
  far.on('data', (bytes: Buffer) => near.write(bytes));
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    for (const event of ['end', 'close']) one.once(event, () => other.destroy());
  }
  return [here, there];
}

it('repairs what is lost between two routers, without asking the publisher', async () => {
  let packets = 0;
  const { sender, view } = await setUp({
    drop: ({ kind }) => {
      if (kind !== frameKind.rtp) return false;
      packets += 1;
      // The last ones arrive, or nobody would know that any are missing.
      return packets > 10 && packets < 200 && packets % 5 === 0;
    },
  });
  const viewers = [await view(0, 'a'), await view(1, 'b')];
  await sender.sendUntilSeen(viewers);
  const texts = Array.from({ length: 100 }, (_, index) => `frame ${index}`);
  for (const text of texts) {
    sender.send(text);
    await flush();
  }
  for (const viewer of viewers)
    await eventually(() => expect(viewer.texts()).toEqual(expect.arrayContaining(texts)));
  expect(packets).toBeGreaterThan(220);
});

it('merges the key-frame requests of all routers', async () => {
  const { sender, view } = await setUp();
  const viewers = await Promise.all([0, 1, 0, 1, 0, 1].map((edge, index) => view(edge, `viewer ${index}`)));
  const before = sender.keyFrameRequests();
  sender.send('without a key frame');
  await flush();
  expect(sender.keyFrameRequests() - before).toBe(1);
  await sender.sendUntilSeen(viewers);
});

it('ends at all routers with its publisher, once', async () => {
  const { origin, edges, view } = await setUp();
  await view(0, 'a');
  const lost: LostPeer[] = [];
  for (const edge of edges) edge.onPeerLost((peer) => lost.push(peer));
  origin.unpublish(streamKey);
  await eventually(() => expect(lost).toEqual([{ streamKey }, { streamKey }]));
  await expect(view(0, 'b')).rejects.toMatchObject({ code: 'unknown_stream' });
});

it('ends at one router without being lost, and goes on at the others', async () => {
  const { edges, sender, view } = await setUp();
  const viewer = await view(1, 'b');
  await sender.sendUntilSeen([viewer]);
  const lost: LostPeer[] = [];
  for (const edge of edges) edge.onPeerLost((peer) => lost.push(peer));
  edges[0]?.unpublish(streamKey);
  await flush();
  sender.send('after');
  await eventually(() => expect(viewer.texts()).toContain('after'));
  expect(lost).toEqual([]);
});

it('loses the views that cannot decode what its publisher returns with', async () => {
  const { network, origin, edges, sender, view } = await setUp();
  const viewer = await view(0, 'a');
  await sender.sendUntilSeen([viewer]);
  const lost: LostPeer[] = [];
  edges[0]?.onPeerLost((peer) => lost.push(peer));
  const peer = await network.createPeer();
  const reordered = chromium.publishOffer.replace(/(m=video \d+ \S+) .*/, '$1 45 46');
  const publish = { streamKey, type: 'MIC_AND_CAM', videoBitrateBps: 0 } as const;
  await origin.publish({ ...publish, sdpOffer: withTransport(chromium.publishOffer, peer.parameters) });
  await flush();
  expect(lost).toEqual([]);
  expect(reordered).not.toBe(chromium.publishOffer);
  await origin.publish({ ...publish, sdpOffer: withTransport(reordered, peer.parameters) });
  await eventually(() => expect(lost).toEqual([{ streamKey, viewerId: 'a' }]));
});

it('refuses to relay a stream that does not exist', async () => {
  const { origin } = await setUp();
  expect(() => origin.sendRelay('unknown', duplexPair()[0])).toThrow(
    expect.objectContaining({ code: 'unknown_stream' }),
  );
});
