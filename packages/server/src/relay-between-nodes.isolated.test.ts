import type { PublishStreamResult, ViewStreamResult } from '@parley-rtc/contract';
import { cleanup } from 'node-datachannel';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';
import { createMediaRouter } from './media/create-media-router.ts';
import type { RelayingRouter } from './media/media-router.ts';
import { eventually } from './media/testing/eventually.ts';
import { createNativeRawPeer } from './media/testing/native-raw-peer.ts';
import type { RawPeer } from './media/testing/raw-peer.ts';
import recordings from './media/testing/recordings.json' with { type: 'json' };
import { transportOf, withTransport } from './media/testing/test-offers.ts';
import { videoSender, videoViewer } from './media/testing/video-ends.ts';
import { startNodesWith } from './testing/test-cluster.ts';
import type { Caller } from './testing/test-server.ts';

vi.setConfig({ testTimeout: 90_000 });
afterAll(() => cleanup());

const { chromium, firefox } = recordings;

function createRouter(): RelayingRouter {
  return createMediaRouter({ bindAddress: '127.0.0.1' });
}

async function createPeer(): Promise<RawPeer> {
  const peer = await createNativeRawPeer();
  onTestFinished(() => peer.close());
  return peer;
}

/** Two nodes with media of their own, and a conference with a stream whose publisher is at the first. */
async function setUp() {
  const limits = { viewsPerEndpoint: 1_000, mediaConnectionsPerUser: 1_000 };
  const { desks, routers, closeSecond } = await startNodesWith(createRouter, { limits });
  const [a, b] = desks;
  const conferenceId = await a.create();
  const userEndpointId = await a.join(conferenceId);
  const about = { conferenceId, userEndpointId };
  const peer = await createPeer();
  const { streamId, sdpAnswer } = await a.do<Required<PublishStreamResult>>('publishStream', {
    body: {
      ...about,
      conferenceStreamType: 'MIC_AND_CAM',
      sdpOffer: withTransport(chromium.publishOffer, peer.parameters),
    },
  });
  await peer.accept(transportOf(sdpAnswer), (candidate) => {
    const iceCandidates = [{ candidate, sdpMid: '0', sdpMLineIndex: 0 }];
    void a.do('addPublishStreamIceCandidates', { body: { ...about, streamId, iceCandidates } });
  });
  const view = async (caller: Caller) => {
    const viewer = await createPeer();
    const sdpOffer = withTransport(firefox.viewOffer, viewer.parameters);
    const viewed = await caller.do<Required<ViewStreamResult>>('viewStream', {
      body: { ...about, streamId, sdpOffer },
    });
    const { viewerId } = viewed;
    await viewer.accept(transportOf(viewed.sdpAnswer), (candidate) => {
      const iceCandidates = [{ candidate, sdpMid: '0', sdpMLineIndex: 0 }];
      void caller.do('addViewStreamIceCandidates', {
        body: { ...about, streamId, viewerId, iceCandidates },
      });
    });
    const ssrc = Number(/a=ssrc-group:FID (\d+)/.exec(viewed.sdpAnswer)?.[1]);
    return { viewerId, about: { ...about, streamId, viewerId }, ...videoViewer(viewer, ssrc) };
  };
  return { a, b, view, sender: videoSender(peer, 0x1111), routers, closeSecond };
}

it('gives further views of a crowded stream to another node, and takes them back when that one leaves', async () => {
  const { a, b, view, sender, routers, closeSecond } = await setUp();
  const [first, second] = routers;
  const viewers = [];
  for (let count = 0; count < 30; count += 1) viewers.push(await view(count % 2 === 0 ? a : b));
  await sender.sendUntilSeen(viewers);
  // One of the first is the publisher, and one of the second is the relay.
  expect(first.peerCount).toBeGreaterThanOrEqual(20);
  expect(second.peerCount).toBeGreaterThan(5);
  expect(first.peerCount + second.peerCount).toBe(32);

  // Whichever node has a view, each node can change and stop it.
  const before = second.peerCount;
  const [last, ...others] = viewers.toReversed();
  if (!last) throw new Error('There are thirty.');
  await a.do('updateViewStream', { body: { ...last.about, video: { maxHeightPx: 180 } } });
  await b.do('stopViewStream', { body: last.about });
  await eventually(() => expect(second.peerCount).toBe(before - 1));
  sender.send('to those who stay');
  await eventually(() => {
    for (const viewer of others) expect(viewer.texts()).toContain('to those who stay');
  });
  expect(last.texts()).not.toContain('to those who stay');

  await closeSecond();
  const staying = first.peerCount - 1;
  sender.send('after the other node has left');
  await eventually(() => {
    const seeing = others.filter((viewer) => viewer.texts().includes('after the other node has left'));
    expect(seeing).toHaveLength(staying);
  });
  const again = await view(a);
  await sender.sendUntilSeen([again]);
  expect(first.peerCount).toBe(staying + 2);
});
