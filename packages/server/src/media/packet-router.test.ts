import { cleanup } from 'node-datachannel';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { MediaError } from './media-router.ts';
import type { LostPeer } from './media-router.ts';
import { PacketRouter } from './packet-router.ts';
import { buildNack, buildPictureLoss } from './rtp/build-rtcp.ts';
import { parseRtcp } from './rtp/parse-rtcp.ts';
import { unwrapRetransmission } from './rtp/retransmission.ts';
import { isRtcp, parseRtpPacket } from './rtp/rtp-packet.ts';
import { createFakeNetwork } from './testing/fake-rtp-transport.ts';
import { lossyTransport } from './testing/lossy-transport.ts';
import type { Loss } from './testing/lossy-transport.ts';
import { createNativeRawPeer } from './testing/native-raw-peer.ts';
import type { RawPeer } from './testing/raw-peer.ts';
import recordings from './testing/recordings.json' with { type: 'json' };
import { transportOf, withTransport } from './testing/test-offers.ts';
import { rtpBytes, vp8Payload, vp8Text } from './testing/test-packets.ts';
import { NodeDatachannelTransport } from './transport/node-datachannel-transport.ts';
import type { CreateRtpTransport } from './transport/rtp-transport.ts';

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
const publisherRtxSsrc = 0x2222;

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
    const publish = async (ssrc = publisherSsrc) => {
      const peer = await createPeer();
      const sdpOffer = withTransport(chromium.publishOffer, peer.parameters);
      const { sdpAnswer } = await router.publish({
        streamKey,
        type: 'MIC_AND_CAM',
        sdpOffer,
        videoBitrateBps: 0,
      });
      await peer.accept(transportOf(sdpAnswer));
      return videoSender(peer, ssrc);
    };
    const view = async (viewerId: string) => {
      const peer = await createPeer();
      const sdpOffer = withTransport(firefox.viewOffer, peer.parameters);
      const { sdpAnswer } = await router.view({ streamKey, viewerId, sdpOffer });
      await peer.accept(transportOf(sdpAnswer));
      return videoViewer(peer, Number(/a=ssrc-group:FID (\d+)/.exec(sdpAnswer)?.[1]));
    };
    return { router, lost, createPeer, publish, view };
  }

  it('forwards in order what a publisher sends, under the names each viewer negotiated', async () => {
    const { publish, view } = setUp();
    const publisher = await publish();
    const viewers = [await view('one'), await view('two')];
    await publisher.sendUntilSeen(viewers);
    publisher.send('a', 'b', 'c', 'd');
    for (const viewer of viewers) {
      await vi.waitFor(() => expect(viewer.texts().slice(-4)).toEqual(['a', 'b', 'c', 'd']));
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

  it('lets a viewer wait for a publisher that has not connected yet', async () => {
    const { router, createPeer, view } = setUp();
    const peer = await createPeer();
    const sdpOffer = withTransport(chromium.publishOffer, peer.parameters);
    const { sdpAnswer } = await router.publish({ streamKey, type: 'CAM', sdpOffer, videoBitrateBps: 0 });
    const viewer = await view('early');
    await peer.accept(transportOf(sdpAnswer));
    const publisher = videoSender(peer, publisherSsrc);
    await publisher.sendUntilSeen([viewer]);
    expect(viewer.texts()).toContain('key');
  });

  it('asks a publisher for what got lost on its way, and forwards it once it came', async () => {
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
    await vi.waitFor(() => expect(viewer.texts().slice(-5)).toEqual(['a', 'b', 'c', 'd', 'e']));
    expect(dropped.size).toBe(0);
  });

  it('repairs what got lost on the way to a viewer, when the viewer asks', async () => {
    let toLose = 0;
    const { publish, view } = setUp({
      outgoing: (bytes) => !isRtcp(bytes) && toLose > 0 && toLose-- > 0,
    });
    const publisher = await publish();
    const viewer = await view('one');
    await publisher.sendUntilSeen([viewer]);
    const before = viewer.packets().at(-1)?.sequenceNumber ?? 0;
    toLose = 2;
    publisher.send('lost 1', 'lost 2', 'later');
    await vi.waitFor(() => expect(viewer.texts().at(-1)).toBe('later'));
    expect(viewer.texts()).not.toContain('lost 1');

    viewer.sendRtcp(buildNack(1, viewer.ssrc, [(before + 1) & 0xffff, (before + 2) & 0xffff]));
    await vi.waitFor(() => expect(viewer.texts().slice(-3)).toEqual(['lost 1', 'lost 2', 'later']));
  });

  it("passes a viewer's wish for a key frame on to the publisher", async () => {
    const { publish, view } = setUp();
    const publisher = await publish();
    const viewer = await view('one');
    await publisher.sendUntilSeen([viewer]);
    const before = publisher.keyFrameRequests();
    viewer.sendRtcp(buildPictureLoss(1, viewer.ssrc));
    await vi.waitFor(() => expect(publisher.keyFrameRequests()).toBeGreaterThan(before));
  });

  it('goes on for viewers when the publisher comes back over a new transport', async () => {
    const { publish, view } = setUp();
    const former = await publish();
    const viewer = await view('one');
    await former.sendUntilSeen([viewer]);
    const count = viewer.packets().length;
    const later = await publish(0x3333);
    await later.sendUntilSeen([viewer], count);
    later.send('after');
    await vi.waitFor(() => expect(viewer.texts().at(-1)).toBe('after'));
    const packets = viewer.packets();
    const first = packets[0]?.sequenceNumber ?? 0;
    expect(packets.map(({ sequenceNumber }) => (sequenceNumber - first) & 0xffff)).toEqual(
      packets.map((_, index) => index),
    );
    for (const [index, packet] of packets.entries()) {
      const previous = packets[index - 1];
      if (previous) expect((packet.timestamp - previous.timestamp) | 0).toBeGreaterThanOrEqual(0);
    }
  });

  it('stops one view and leaves the other', async () => {
    const { router, publish, view, lost } = setUp();
    const publisher = await publish();
    const [gone, staying] = [await view('gone'), await view('staying')];
    await publisher.sendUntilSeen([gone, staying]);
    router.stopView(streamKey, 'gone');
    const count = gone.packets().length;
    publisher.send('more');
    await vi.waitFor(() => expect(staying.texts().at(-1)).toBe('more'));
    expect(gone.packets()).toHaveLength(count);
    expect(lost).toEqual([]);
  });
});

describe('PacketRouter', () => {
  function setUp() {
    const network = createFakeNetwork();
    const release = vi.fn<() => void>();
    const router = new PacketRouter({
      createTransport: network.createTransport,
      now: () => performance.now(),
      log: () => {},
      release,
    });
    const publishRequest = (peer: RawPeer) => ({
      streamKey,
      type: 'MIC_AND_CAM' as const,
      sdpOffer: withTransport(chromium.publishOffer, peer.parameters),
      videoBitrateBps: 0,
    });
    return { network, router, release, publishRequest };
  }

  it('tells who is gone, and lets the publisher come back', async () => {
    const { network, router, publishRequest } = setUp();
    const lost: LostPeer[] = [];
    const stop = router.onPeerLost((peer) => lost.push(peer));
    const [publisher, viewer] = [await network.createPeer(), await network.createPeer()];
    const answer = await router.publish(publishRequest(publisher));
    await publisher.accept(transportOf(answer.sdpAnswer));
    const sdpOffer = withTransport(chromium.viewOffer, viewer.parameters);
    await router.view({ streamKey, viewerId: 'v', sdpOffer });
    viewer.close();
    publisher.close();
    await vi.waitFor(() => expect(lost).toEqual([{ streamKey, viewerId: 'v' }, { streamKey }]));
    await expect(router.publish(publishRequest(await network.createPeer()))).resolves.toBeDefined();
    stop();
    await router.close();
  });

  it('knows what is there and what is not', async () => {
    const { network, router, publishRequest } = setUp();
    const peer = await network.createPeer();
    const sdpOffer = withTransport(chromium.viewOffer, peer.parameters);
    const unknownStream = expect.objectContaining({ code: 'unknown_stream' });
    await expect(router.view({ streamKey, viewerId: 'v', sdpOffer })).rejects.toEqual(unknownStream);
    expect(() => router.addPublishCandidates(streamKey, [])).toThrow(MediaError);
    expect(() => router.setVideoBitrate(streamKey, 1)).toThrow(MediaError);
    router.unpublish(streamKey);
    router.stopView(streamKey, 'v');

    await router.publish(publishRequest(peer));
    router.addPublishCandidates(streamKey, []);
    router.addPublishCandidates(streamKey, [
      { candidate: '' },
      { candidate: null, sdpMid: null },
      { candidate: 'candidate:1 1 udp 5 127.0.0.1 5000 typ host', sdpMid: '0' },
    ]);
    expect(network.candidates).toEqual(['candidate:1 1 UDP 5 127.0.0.1 5000 typ host']);
    expect(() => router.addViewCandidates(streamKey, 'v', [])).toThrow(
      expect.objectContaining({ code: 'unknown_view' }),
    );
    router.unpublish(streamKey);
    await expect(router.view({ streamKey, viewerId: 'v', sdpOffer })).rejects.toEqual(unknownStream);
    await router.close();
  });

  it('keeps a stream whose republishing failed, and none whose first publishing did', async () => {
    const { network, router, publishRequest } = setUp();
    const request = publishRequest(await network.createPeer());
    const badOffer = expect.objectContaining({ code: 'bad_offer' });
    await expect(router.publish({ ...request, sdpOffer: 'v=0' })).rejects.toEqual(badOffer);
    expect(() => router.addPublishCandidates(streamKey, [])).toThrow(MediaError);
    await router.publish(request);
    await expect(router.publish({ ...request, sdpOffer: 'v=0' })).rejects.toEqual(badOffer);
    router.addPublishCandidates(streamKey, []);
    await router.close();
  });

  it('does not bring back a stream that was unpublished while it was published', async () => {
    const { network, router, publishRequest } = setUp();
    const publishing = router.publish(publishRequest(await network.createPeer()));
    router.unpublish(streamKey);
    await expect(publishing).rejects.toEqual(expect.objectContaining({ code: 'unknown_stream' }));
    expect(() => router.addPublishCandidates(streamKey, [])).toThrow(MediaError);
    await router.close();
  });

  it('caps the video with an estimate, and lifts the cap with a high one', async () => {
    const { network, router, publishRequest } = setUp();
    const peer = await network.createPeer();
    const { sdpAnswer } = await router.publish({ ...publishRequest(peer), videoBitrateBps: 500_000 });
    await peer.accept(transportOf(sdpAnswer));
    const publisher = videoSender(peer, publisherSsrc);
    const caps = () =>
      peer.received
        .filter(isRtcp)
        .flatMap(parseRtcp)
        .flatMap((message) => (message.type === 'bandwidth-estimate' ? [message.bitrateBps] : []));
    publisher.sendKeyFrame();
    await vi.waitFor(() => expect(caps().at(-1)).toBeGreaterThanOrEqual(500_000), { timeout: 3_000 });
    expect(caps().at(-1)).toBeLessThan(600_000);
    router.setVideoBitrate(streamKey, 0);
    await vi.waitFor(() => expect(caps().at(-1)).toBeGreaterThan(10_000_000));
    await router.close();
  });

  it('frees what transports share once, when it closes', async () => {
    const { router, release, network, publishRequest } = setUp();
    await router.publish(publishRequest(await network.createPeer()));
    await router.close();
    await router.close();
    expect(release).toHaveBeenCalledOnce();
    await expect(router.publish(publishRequest(await network.createPeer()))).rejects.toThrow(MediaError);
  });

  it('survives 20,000 mangled packets from a publisher and from a viewer', async () => {
    const { network, router, publishRequest } = setUp();
    const [publisher, viewer] = [await network.createPeer(), await network.createPeer()];
    const published = await router.publish(publishRequest(publisher));
    await publisher.accept(transportOf(published.sdpAnswer));
    const viewed = await router.view({
      streamKey,
      viewerId: 'v',
      sdpOffer: withTransport(firefox.viewOffer, viewer.parameters),
    });
    await viewer.accept(transportOf(viewed.sdpAnswer));

    let state = 42;
    const random = (end: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % end;
    };
    const samples = [chromium, firefox]
      .flatMap(({ packets }) => Object.values(packets).flat())
      .map((hex) => Buffer.from(hex, 'hex'));
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Buffer.from(samples[random(samples.length)] ?? '');
      for (let change = random(8); change > 0; change -= 1) bytes[random(bytes.length)] = random(256);
      const packet = random(4) === 0 ? bytes.subarray(0, random(bytes.length + 1)) : bytes;
      (random(2) === 0 ? publisher : viewer).send(packet);
    }
    const sender = videoSender(publisher, 0x7777);
    const receiver = videoViewer(viewer, Number(/a=ssrc-group:FID (\d+)/.exec(viewed.sdpAnswer)?.[1]));
    await sender.sendUntilSeen([receiver]);
    await router.close();
  });
});

/** A publisher's browser, as far as VP8 goes: one frame a packet. */
function videoSender(peer: RawPeer, ssrc: number) {
  let sequenceNumber = 65_530;
  let rtxSequenceNumber = 0;
  const sent = new Map<number, Buffer>();
  const sendPacket = (startsKeyFrame: boolean, text: string) => {
    const number = sequenceNumber & 0xffff;
    const payload = vp8Payload(startsKeyFrame, text);
    const fields = {
      payloadType: 96,
      sequenceNumber: number,
      timestamp: sequenceNumber * 3_000,
      ssrc,
      payload,
    };
    sequenceNumber += 1;
    sent.set(number, payload);
    peer.send(rtpBytes(fields));
  };
  const rtcp = () => peer.received.filter(isRtcp).flatMap(parseRtcp);
  return {
    send: (...texts: readonly string[]) => {
      for (const text of texts) sendPacket(false, text);
    },
    sendKeyFrame: () => sendPacket(true, 'key'),
    /** Sends key frames until each viewer has got a packet beyond its first `count`. */
    sendUntilSeen: (viewers: readonly { packets(): readonly unknown[] }[], count = 0) =>
      vi.waitFor(() => {
        if (viewers.some((viewer) => viewer.packets().length <= count)) sendPacket(true, 'key');
        for (const viewer of viewers) expect(viewer.packets().length).toBeGreaterThan(count);
      }),
    answerNacks: () =>
      peer.onPacket((bytes) => {
        if (!isRtcp(bytes)) return;
        for (const message of parseRtcp(bytes)) {
          if (message.type !== 'nack') continue;
          for (const number of message.sequenceNumbers) {
            const original = Buffer.alloc(2);
            original.writeUInt16BE(number);
            rtxSequenceNumber += 1;
            const payload = Buffer.concat([original, sent.get(number) ?? Buffer.alloc(0)]);
            const fields = {
              payloadType: 97,
              sequenceNumber: rtxSequenceNumber,
              ssrc: publisherRtxSsrc,
              payload,
            };
            peer.send(rtpBytes(fields));
          }
        }
      }),
    keyFrameRequests: () => rtcp().filter(({ type }) => type === 'key-frame-request').length,
  };
}

/** A viewer's browser that undoes retransmissions and sorts by sequence number. */
function videoViewer(peer: RawPeer, ssrc: number) {
  const packets = () =>
    peer.received
      .filter((bytes) => !isRtcp(bytes))
      .flatMap((bytes) => parseRtpPacket(bytes) ?? [])
      .flatMap((packet) =>
        packet.payloadType === 124
          ? (unwrapRetransmission(packet, { ssrc, payloadType: 120 }) ?? [])
          : packet,
      );
  return {
    ssrc,
    packets,
    texts: () =>
      packets()
        .toSorted((a, b) => ((a.sequenceNumber - b.sequenceNumber) << 16) >> 16)
        .map(vp8Text),
    sendRtcp: (packet: Buffer) => peer.send(packet),
  };
}
