import { describe, expect, it } from 'vitest';
import recordings from './testing/recordings.json' with { type: 'json' };
import { transportOf, withTransport } from './testing/test-offers.ts';
import { rtpBytes, vp8Payload, vp8Text } from './testing/test-packets.ts';
import { flush, testRouterInTestTime } from './testing/test-router.ts';
import { parseRtcp } from './wire/parse-rtcp.ts';
import { isRtcp, parseRtpPacket } from './wire/rtp-packet.ts';

const { chromium } = recordings;
const streamKey = 'stream';
const frameMs = 40;
const mediaType = 96;
const rtxType = 97;

/** A publisher of one video whose SSRCs the test chooses, and a viewer, in time that the test advances. */
async function setUp(ssrcLines: readonly string[] = []) {
  const { network, router, nowMs, advance } = testRouterInTestTime();
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
  const texts = () =>
    viewer.received.flatMap((bytes) => {
      const packet = isRtcp(bytes) ? undefined : parseRtpPacket(bytes);
      return packet?.payloadType === mediaType ? [vp8Text(packet)] : [];
    });
  return { publisher, router, run, send, texts, keyFrameRequests };
}

describe('several SSRCs of one video', () => {
  it('that the offer does not relate are one stream, without a storm of key-frame requests', async () => {
    const { run, send, texts, keyFrameRequests } = await setUp();
    await run(100, () => {
      for (const ssrc of [1, 2, 3]) send(ssrc, String(ssrc));
    });
    expect(new Set(texts())).toEqual(new Set(['1']));
    expect(texts().length).toBeGreaterThan(95);
    expect(keyFrameRequests()).toBeLessThan(5);
  });

  it('of a SIM group are layers: the viewer receives the largest, steadily', async () => {
    const { run, send, texts, keyFrameRequests } = await setUp(['ssrc-group:SIM 3 1 2']);
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
    const { run, send, texts } = await setUp();
    await run(50, () => send(1, 'before'));
    await run(50, () => send(2, 'after'));
    expect(texts().filter((text) => text === 'after').length).toBeGreaterThan(20);
  });

  it('with one for each packet cost neither key-frame requests nor the stream', async () => {
    const { run, send, texts, keyFrameRequests } = await setUp();
    let ssrc = 100;
    await run(100, () => {
      send(1, 'steady');
      for (let stray = 0; stray < 10; stray += 1) send((ssrc += 1), 'stray', true);
    });
    expect(new Set(texts())).toEqual(new Set(['steady']));
    expect(keyFrameRequests()).toBeLessThan(5);
  });

  it('do not repair each other', async () => {
    const { publisher, run, send, texts } = await setUp(['ssrc-group:FID 1 11', 'ssrc-group:FID 2 12']);
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
