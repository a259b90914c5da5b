import { describe, expect, it } from 'vitest';
import recordings from './testing/recordings.json' with { type: 'json' };
import { transportOf, withTransport } from './testing/test-offers.ts';
import { rtpBytes, vp8Payload, vp8Text } from './testing/test-packets.ts';
import { flush, routes, testRouterInTestTime } from './testing/test-router.ts';
import { parseRtcp } from './wire/parse-rtcp.ts';
import { isRtcp, parseRtpPacket } from './wire/rtp-packet.ts';

const { chromium } = recordings;
const streamKey = 'stream';
const frameMs = 40;
const mediaType = 96;
const rtxType = 97;

/** A publisher of one video whose SSRCs the test chooses, and a viewer, in time that the test advances. */
async function setUp(route: (typeof routes)[number], ssrcLines: readonly string[] = []) {
  const { network, router, nowMs, advance } = testRouterInTestTime(route);
  const publisher = await network.createPeer();
  const lines = ssrcLines.map((line) => `a=${line}\r\n`).join('');
  const offer = chromium.publishOffer.replaceAll(/a=ssrc.*\r\n/g, '') + lines;
  const sdpOffer = withTransport(offer, publisher.parameters);
  const { sdpAnswer } = await router.publish({ streamKey, type: 'CAM', sdpOffer, videoBitrateBps: 0 });
  await publisher.accept(transportOf(sdpAnswer), () => {});
  const requests: number[] = [];
  publisher.onPacket((bytes) => {
    for (const message of isRtcp(bytes) ? parseRtcp(bytes) : []) {
      if (message.type === 'key-frame-request') requests.push(message.mediaSsrc);
    }
  });
  const viewer = await network.createPeer();
  const viewOffer = withTransport(chromium.viewOffer, viewer.parameters);
  const viewed = await router.view({ streamKey, viewerId: 'v', sdpOffer: viewOffer });
  await viewer.accept(transportOf(viewed.sdpAnswer), () => {});
  await flush();

  const numbers = new Map<number, number>();
  const send = (ssrc: number, text: string, isKey = requests.includes(ssrc)) => {
    if (isKey) requests.splice(0, requests.length, ...requests.filter((one) => one !== ssrc));
    const sequenceNumber = (numbers.get(ssrc) ?? ssrc * 10_000) + 1;
    numbers.set(ssrc, sequenceNumber);
    const timestamp = Math.round(nowMs() * 90);
    const payload = vp8Payload(isKey, text);
    publisher.send(
      rtpBytes({ payloadType: mediaType, ssrc, sequenceNumber, timestamp, payload, marker: true }),
    );
  };
  /** Advances the time by one frame after another, with what `each` sends. */
  const run = async (frames: number, each: (frame: number) => void) => {
    for (let frame = 0; frame < frames; frame += 1) {
      each(frame);
      await advance(frameMs);
    }
  };
  const keyFrameRequests = () =>
    publisher.received
      .filter(isRtcp)
      .flatMap(parseRtcp)
      .filter(({ type }) => type === 'key-frame-request').length;
  const texts = () => textsOf(viewer.received);
  /** Another viewer, and the texts that it receives. */
  const join = async (viewerId: string) => {
    const peer = await network.createPeer();
    const offered = withTransport(chromium.viewOffer, peer.parameters);
    const answered = await router.view({ streamKey, viewerId, sdpOffer: offered });
    await peer.accept(transportOf(answered.sdpAnswer), () => {});
    return () => textsOf(peer.received);
  };
  return { publisher, router, run, send, texts, keyFrameRequests, join };
}

function textsOf(received: readonly Buffer[]): readonly string[] {
  return received.flatMap((bytes) => {
    const packet = isRtcp(bytes) ? undefined : parseRtpPacket(bytes);
    return packet?.payloadType === mediaType ? [vp8Text(packet)] : [];
  });
}

describe.each(routes)('a muted video through %s', (route) => {
  it('reaches nobody, whatever its publisher sends, and goes on from a key frame', async () => {
    const { router, run, send, texts, join } = await setUp(route);
    await run(25, () => send(1, 'before'));
    router.setMuted(streamKey, ['video']);
    const late = await join('late');
    await run(50, () => send(1, 'muted', true));
    expect(texts()).not.toContain('muted');
    expect(late()).toEqual([]);
    router.setMuted(streamKey, []);
    await run(25, () => send(1, 'after'));
    for (const seen of [texts(), late()]) {
      expect(seen).not.toContain('muted');
      expect(seen.filter((text) => text === 'after').length).toBeGreaterThan(20);
    }
  });

  it('is not repaired or repeated from what arrived meanwhile', async () => {
    const { publisher, router, run, send, texts, join } = await setUp(route, ['ssrc-group:FID 1 11']);
    await run(3, () => send(1, 'before'));
    router.setMuted(streamKey, ['video']);
    await run(1, () => send(1, 'muted', true));
    const original = Buffer.alloc(2);
    original.writeUInt16BE(10_004);
    const payload = Buffer.concat([original, vp8Payload(true, 'muted')]);
    publisher.send(rtpBytes({ payloadType: rtxType, ssrc: 11, sequenceNumber: 1, payload }));
    router.setMuted(streamKey, []);
    const late = await join('late');
    await run(5, () => send(1, 'after'));
    for (const seen of [texts(), late()]) expect(seen).not.toContain('muted');
    expect(late()).toContain('after');
  });

  it('stays muted over a new transport of the publisher', async () => {
    const { network, router, advance, nowMs } = testRouterInTestTime(route);
    const connect = async () => {
      const peer = await network.createPeer();
      const sdpOffer = withTransport(chromium.publishOffer, peer.parameters);
      const { sdpAnswer } = await router.publish({ streamKey, type: 'CAM', sdpOffer, videoBitrateBps: 0 });
      await peer.accept(transportOf(sdpAnswer), () => {});
      return peer;
    };
    await connect();
    router.setMuted(streamKey, ['video']);
    const publisher = await connect();
    const viewer = await network.createPeer();
    const sdpOffer = withTransport(chromium.viewOffer, viewer.parameters);
    const { sdpAnswer } = await router.view({ streamKey, viewerId: 'v', sdpOffer });
    await viewer.accept(transportOf(sdpAnswer), () => {});
    const frame = (sequenceNumber: number) =>
      rtpBytes({
        payloadType: mediaType,
        ssrc: 1,
        sequenceNumber,
        timestamp: Math.round(nowMs() * 90),
        payload: vp8Payload(true, 'video'),
        marker: true,
      });
    publisher.send(frame(1));
    await advance(frameMs);
    expect(textsOf(viewer.received)).toEqual([]);
    router.setMuted(streamKey, []);
    publisher.send(frame(2));
    await advance(frameMs);
    expect(textsOf(viewer.received)).toEqual(['video']);
  });
});

describe.each(routes)('several SSRCs of one video through %s', (route) => {
  it('that the offer does not relate are one stream, without a storm of key-frame requests', async () => {
    const { run, send, texts, keyFrameRequests } = await setUp(route);
    await run(100, () => {
      for (const ssrc of [1, 2, 3]) send(ssrc, String(ssrc));
    });
    expect(new Set(texts())).toEqual(new Set(['1']));
    expect(texts().length).toBeGreaterThan(95);
    expect(keyFrameRequests()).toBeLessThan(5);
  });

  it('of a SIM group are layers: the viewer receives the largest, steadily', async () => {
    const { run, send, texts, keyFrameRequests } = await setUp(route, ['ssrc-group:SIM 3 1 2']);
    await run(200, () => {
      send(1, 'small');
      send(2, `middle${'.'.repeat(200)}`);
      send(3, `large${'.'.repeat(800)}`);
    });
    expect(texts().length).toBeGreaterThan(180);
    expect(
      new Set(
        texts()
          .slice(-100)
          .map((text) => text.replaceAll('.', '')),
      ),
    ).toEqual(new Set(['large']));
    expect(keyFrameRequests()).toBeLessThan(10);
  });

  it('are followed from one to the next when a sender restarts', async () => {
    const { run, send, texts } = await setUp(route);
    await run(50, () => send(1, 'before'));
    await run(50, () => send(2, 'after'));
    expect(texts().filter((text) => text === 'after').length).toBeGreaterThan(20);
  });

  it('with one for each packet cost neither key-frame requests nor the stream', async () => {
    const { run, send, texts, keyFrameRequests } = await setUp(route);
    let ssrc = 100;
    await run(100, () => {
      send(1, 'steady');
      for (let stray = 0; stray < 10; stray += 1) send((ssrc += 1), 'stray', true);
    });
    expect(new Set(texts())).toEqual(new Set(['steady']));
    expect(keyFrameRequests()).toBeLessThan(5);
  });

  it('do not repair each other', async () => {
    const { publisher, run, send, texts } = await setUp(route, [
      'ssrc-group:FID 1 11',
      'ssrc-group:FID 2 12',
    ]);
    await run(3, () => send(1, 'own'));
    const repair = (ssrc: number, sequenceNumber: number, text: string) => {
      const original = Buffer.alloc(2);
      original.writeUInt16BE(sequenceNumber);
      const payload = Buffer.concat([original, vp8Payload(false, text)]);
      publisher.send(rtpBytes({ payloadType: rtxType, ssrc, sequenceNumber: 1, payload }));
    };
    await run(1, () => {
      repair(12, 10_004, 'of another');
      repair(11, 10_005, 'repaired');
    });
    expect(texts()).toContain('repaired');
    expect(texts()).not.toContain('of another');
  });
});
