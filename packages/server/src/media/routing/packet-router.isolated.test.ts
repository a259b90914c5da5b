import { cleanup } from 'node-datachannel';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { LostPeer } from '../media-router.ts';
import { eventually } from '../testing/eventually.ts';
import { createFakeNetwork } from '../testing/fake-rtp-transport.ts';
import { lossyTransport, type Loss } from '../testing/lossy-transport.ts';
import { createNativeRawPeer } from '../testing/native-raw-peer.ts';
import type { RawPeer } from '../testing/raw-peer.ts';
import recordings from '../testing/recordings.json' with { type: 'json' };
import { transportOf, withTransport } from '../testing/test-offers.ts';
import { vp8Text } from '../testing/test-packets.ts';
import { videoSender, videoViewer } from '../testing/video-ends.ts';
import { NodeDatachannelTransport } from '../transport/node-datachannel-transport.ts';
import type { CreateRtpTransport } from '../transport/rtp-transport.ts';
import { buildNack, buildPictureLoss } from '../wire/build-rtcp.ts';
import { isRtcp, parseRtpPacket } from '../wire/rtp-packet.ts';
import { PacketRouter } from './packet-router.ts';

vi.setConfig({ testTimeout: 30_000 });

interface Network {
  readonly createTransport: CreateRtpTransport;
  readonly createPeer: () => Promise<RawPeer>;
}

const networks: readonly (readonly [string, () => Network])[] = [
  ['fake transports', createFakeNetwork],
  [
    'SRTP over loopback',
    () => ({
      createTransport: (events) => new NodeDatachannelTransport({ bindAddress: '127.0.0.1' }, events),
      createPeer: createNativeRawPeer,
    }),
  ],
];

const { chromium, firefox } = recordings;
const streamKey = 'stream';
const publisherSsrc = 0x1111;

afterAll(() => cleanup());

describe.each(networks)('PacketRouter (%s)', (_name, createNetwork) => {
  const toClose: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of toClose.splice(0).toReversed()) await close();
  });

  function setUp(loss: Loss = {}) {
    const network = createNetwork();
    const router = new PacketRouter({
      createTransport: lossyTransport(network.createTransport, loss),
      now: () => performance.now(),
      log: () => {},
      release: () => {},
    });
    toClose.push(() => router.close());
    const lost: LostPeer[] = [];
    router.onPeerLost((peer) => lost.push(peer));

    const createPeer = async () => {
      const peer = await network.createPeer();
      toClose.push(() => peer.close());
      return peer;
    };
    const publish = async (ssrc = publisherSsrc, keyText = 'key') => {
      const peer = await createPeer();
      const sdpOffer = withTransport(chromium.publishOffer, peer.parameters);
      const { sdpAnswer } = await router.publish({
        streamKey,
        type: 'MIC_AND_CAM',
        sdpOffer,
        videoBitrateBps: 0,
      });
      await peer.accept(transportOf(sdpAnswer), (candidate) =>
        router.addPublishCandidates(streamKey, [{ candidate }]),
      );
      return videoSender(peer, ssrc, keyText);
    };
    const view = async (viewerId: string) => {
      const peer = await createPeer();
      const sdpOffer = withTransport(firefox.viewOffer, peer.parameters);
      const { sdpAnswer } = await router.view({ streamKey, viewerId, sdpOffer });
      await peer.accept(transportOf(sdpAnswer), (candidate) =>
        router.addViewCandidates(streamKey, viewerId, [{ candidate }]),
      );
      return videoViewer(peer, Number(/a=ssrc-group:FID (\d+)/.exec(sdpAnswer)?.[1]));
    };
    return { router, lost, createPeer, publish, view };
  }

  it("forwards a publisher's packets in order, with the identifiers that each viewer negotiated", async () => {
    const { publish, view } = setUp();
    const publisher = await publish();
    const viewers = [await view('one'), await view('two')];
    await publisher.sendUntilSeen(viewers);
    publisher.send('a', 'b', 'c', 'd');
    for (const viewer of viewers) {
      await eventually(() => expect(viewer.texts().slice(-4)).toEqual(['a', 'b', 'c', 'd']));
      const packets = viewer.packets();
      expect(new Set(packets.map(({ ssrc, payloadType }) => `${ssrc} ${payloadType}`))).toEqual(
        new Set([`${viewer.ssrc} 120`]),
      );
      const first = packets[0]?.sequenceNumber ?? 0;
      expect(packets.map(({ sequenceNumber }) => (sequenceNumber - first) & 0xffff)).toEqual(
        packets.map((_, index) => index),
      );
    }
    expect(viewers[0]?.ssrc).not.toBe(viewers[1]?.ssrc);
  });

  it('reports statistics of publisher and viewers, with packet loss before repair', async () => {
    let number = 0;
    const isLost = (packet: Buffer): boolean => !isRtcp(packet) && (number += 1) % 10 === 0;
    const { router, publish, view } = setUp({ incoming: isLost });
    const publisher = await publish();
    publisher.answerNacks();
    const viewer = await view('one');
    await publisher.sendUntilSeen([viewer]);
    await eventually(async () => {
      publisher.send(...Array.from({ length: 20 }, () => 'x'));
      const facts = await router.facts();
      expect(facts).toMatchObject([
        {
          streamKey,
          media: [{ kind: 'video', keyFrames: expect.any(Number), jitterMs: expect.any(Number) }],
        },
        { streamKey, viewerId: 'one', media: [{ kind: 'audio', packets: 0 }, { kind: 'video' }] },
      ]);
      const [incoming, outgoing] = [facts[0]?.media[0], facts[1]?.media[1]];
      expect(incoming?.lossRatio).toBeGreaterThan(0.02);
      for (const one of [incoming, outgoing]) {
        expect(one?.bitrateBps).toBeGreaterThan(0);
        expect(one?.packets).toBeGreaterThan(40);
        expect(one?.keyFrames).toBeGreaterThan(0);
      }
    });
  });

  it('lets a viewer wait for a publisher that has not connected yet', async () => {
    const { router, createPeer, view } = setUp();
    const peer = await createPeer();
    const sdpOffer = withTransport(chromium.publishOffer, peer.parameters);
    const { sdpAnswer } = await router.publish({ streamKey, type: 'CAM', sdpOffer, videoBitrateBps: 0 });
    const viewer = await view('early');
    await peer.accept(transportOf(sdpAnswer), (candidate) =>
      router.addPublishCandidates(streamKey, [{ candidate }]),
    );
    const publisher = videoSender(peer, publisherSsrc);
    await publisher.sendUntilSeen([viewer]);
    expect(viewer.texts()).toContain('key');
  });

  it('requests lost packets from a publisher, and forwards them once they arrive', async () => {
    const dropped = new Set(['b', 'd']);
    const { publish, view } = setUp({
      incoming: (bytes) => {
        const packet = isRtcp(bytes) ? undefined : parseRtpPacket(bytes);
        return packet?.payloadType === 96 && dropped.delete(vp8Text(packet));
      },
    });
    const publisher = await publish();
    const viewer = await view('one');
    await publisher.sendUntilSeen([viewer]);
    publisher.answerNacks();
    publisher.send('a', 'b', 'c', 'd', 'e');
    await eventually(() => expect(viewer.texts().slice(-5)).toEqual(['a', 'b', 'c', 'd', 'e']));
    expect(dropped.size).toBe(0);
  });

  it('repairs packets lost on the way to a viewer, on request', async () => {
    const dropped = new Set(['lost 1', 'lost 2']);
    const { publish, view } = setUp({
      outgoing: (bytes) => {
        const packet = isRtcp(bytes) ? undefined : parseRtpPacket(Buffer.from(bytes));
        return packet !== undefined && dropped.delete(vp8Text(packet));
      },
    });
    const publisher = await publish();
    const viewer = await view('one');
    await publisher.sendUntilSeen([viewer]);
    publisher.send('lost 1', 'lost 2', 'later');
    await eventually(() => expect(viewer.texts().at(-1)).toBe('later'));
    expect(viewer.texts()).not.toContain('lost 1');

    const { sequenceNumber = 0 } = viewer.packets().at(-1) ?? {};
    const lost = [sequenceNumber - 2, sequenceNumber - 1].map((number) => number & 0xffff);
    viewer.sendRtcp(buildNack(1, viewer.ssrc, lost));
    await eventually(() => expect(viewer.texts().slice(-3)).toEqual(['lost 1', 'lost 2', 'later']));
  });

  it("forwards a viewer's key-frame request to the publisher", async () => {
    const { publish, view } = setUp();
    const publisher = await publish();
    const viewer = await view('one');
    await publisher.sendUntilSeen([viewer]);
    const before = publisher.keyFrameRequests();
    viewer.sendRtcp(buildPictureLoss(1, viewer.ssrc));
    await eventually(() => expect(publisher.keyFrameRequests()).toBeGreaterThan(before));
  });

  it('continues for viewers when the publisher returns over a new transport', async () => {
    const { publish, view } = setUp();
    const former = await publish();
    const viewer = await view('one');
    await former.sendUntilSeen([viewer]);
    const later = await publish(0x3333, 'key again');
    await later.sendUntilSeen([viewer]);
    later.send('after');
    await eventually(() => expect(viewer.texts().at(-1)).toBe('after'));
    const packets = viewer.packets();
    const first = packets[0]?.sequenceNumber ?? 0;
    expect(packets.map(({ sequenceNumber }) => (sequenceNumber - first) & 0xffff)).toEqual(
      packets.map((_, index) => index),
    );
    const steps = packets
      .slice(1)
      .map(({ timestamp }, index) => (timestamp - (packets[index]?.timestamp ?? 0)) | 0);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
  });

  it('stops one view and keeps the other', async () => {
    const { router, publish, view, lost } = setUp();
    const publisher = await publish();
    const [gone, staying] = [await view('gone'), await view('staying')];
    await publisher.sendUntilSeen([gone, staying]);
    router.stopView(streamKey, 'gone');
    publisher.send('more');
    await eventually(() => expect(staying.texts().at(-1)).toBe('more'));
    expect(gone.texts()).not.toContain('more');
    expect(lost).toEqual([]);
  });
});
