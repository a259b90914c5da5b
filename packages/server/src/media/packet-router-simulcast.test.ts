import { describe, expect, it } from 'vitest';
import type { RawPeer } from './testing/raw-peer.ts';
import recordings from './testing/recordings.json' with { type: 'json' };
import { transportOf, withTransport } from './testing/test-offers.ts';
import { rtpBytes } from './testing/test-packets.ts';
import { flush, routes, testRouterInTestTime } from './testing/test-router.ts';
import { parseRtcp } from './wire/parse-rtcp.ts';
import { isRtcp, parseRtpPacket } from './wire/rtp-packet.ts';

const { chromium } = recordings;
const streamKey = 'stream';
const rids = ['q', 'h', 'f'];
const heights = [180, 360, 720];
const frameMs = 40;

/**
 * Three layers of one video, one packet per frame, in time that the test advances. `offered` is the order in which the
 * offer lists them.
 */
async function setUp(route: (typeof routes)[number], offered: readonly string[] = rids) {
  const { network, router, nowMs, advance } = testRouterInTestTime(route);
  const told: (readonly string[])[] = [];
  router.onLayersChanged(({ activeRids }) => told.push(activeRids));
  const publisher = await network.createPeer();
  const sdpOffer = withTransport(chromium.simulcastOffer, publisher.parameters).replace(
    'a=simulcast:send q;h;f',
    `a=simulcast:send ${offered.join(';')}`,
  );
  const { sdpAnswer } = await router.publish({ streamKey, type: 'CAM', sdpOffer, videoBitrateBps: 0 });
  await publisher.accept(transportOf(sdpAnswer), () => {});

  const wantsKey = [true, true, true];
  publisher.onPacket((bytes) => {
    if (!isRtcp(bytes)) return;
    for (const message of parseRtcp(bytes)) {
      if (message.type === 'key-frame-request') wantsKey[message.mediaSsrc - 1] = true;
    }
  });
  const sequenceNumbers = [65_500, 100, 40_000];
  const silent = new Set<string>();
  let frame = 0;
  /** Advances the time, with frames of all layers that are not silent. */
  const run = async (ms: number) => {
    for (const endMs = nowMs() + ms; nowMs() < endMs;) {
      frame += 1;
      rids.forEach((rid, layer) => {
        if (silent.has(rid)) return;
        const isKey = wantsKey[layer] === true;
        wantsKey[layer] = false;
        publisher.send(
          rtpBytes({
            payloadType: 96,
            ssrc: layer + 1,
            sequenceNumber: sequenceNumbers[layer] ?? 0,
            timestamp: (layer + 1) * 0x5000_0000 + frame * 3_600,
            marker: true,
            payload: vp8Frame(isKey, frame + layer * 1_000, layer),
            extensions: { 10: Buffer.from(rid) },
          }),
        );
        sequenceNumbers[layer] = (sequenceNumbers[layer] ?? 0) + 1;
      });
      await advance(frameMs);
    }
  };
  const view = async (viewerId: string, maxHeightPx?: number) => {
    const peer = await network.createPeer();
    const offer = withTransport(chromium.viewOffer, peer.parameters);
    const video = maxHeightPx === undefined ? {} : { maxHeightPx };
    const answer = await router.view({ streamKey, viewerId, sdpOffer: offer, video });
    await peer.accept(transportOf(answer.sdpAnswer), () => {});
    await flush();
    return viewed(peer);
  };
  return { router, run, view, silent, told };
}

/** A frame with a 15-bit picture id and TL0PICIDX; its last byte names the layer. */
function vp8Frame(isKey: boolean, pictureId: number, layer: number): Buffer {
  const descriptor = [0x90, 0xe0, 0x80 | ((pictureId >> 8) & 0x7f), pictureId & 0xff, pictureId & 0xff, 0x00];
  const height = heights[layer] ?? 0;
  const header = isKey ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0, 1, height & 0xff, height >> 8] : [0x11, 0, 0];
  return Buffer.concat([
    Buffer.from([...descriptor, ...header]),
    Buffer.alloc(200 * 4 ** layer),
    Buffer.from([layer]),
  ]);
}

function viewed(peer: RawPeer) {
  const packets = () =>
    peer.received.flatMap((bytes) => (isRtcp(bytes) ? [] : (parseRtpPacket(bytes) ?? [])));
  return {
    packets,
    layers: () => packets().map(({ buffer }) => buffer.at(-1)),
    pictureIds: () =>
      packets().map(({ buffer, payloadStart }) => buffer.readUInt16BE(payloadStart + 2) & 0x7fff),
    tl0: () => packets().map(({ buffer, payloadStart }) => buffer.readUInt8(payloadStart + 4)),
  };
}

/** Steps between neighbors, modulo this size. */
function steps(numbers: readonly number[], ring: number): number[] {
  return numbers.slice(1).map((number, index) => (number - (numbers[index] ?? 0) + ring) % ring);
}

describe.each(routes)('simulcast through %s', (route) => {
  it('sends each viewer the layer that fills its shown size, and by default the best', async () => {
    const { run, view } = await setUp(route);
    await run(200);
    const [small, middle, best] = [await view('s', 180), await view('m', 300), await view('b')];
    await run(1_000);
    expect(new Set(small.layers().slice(-10))).toEqual(new Set([0]));
    expect(new Set(middle.layers().slice(-10))).toEqual(new Set([1]));
    expect(new Set(best.layers().slice(-10))).toEqual(new Set([2]));
  });

  it.each([[['f', 'h', 'q']], [['h', 'f', 'q']], [['q', 'f', 'h']]])(
    'recognizes the sizes of layers that are listed as %j',
    async (offered) => {
      const { run, view, told } = await setUp(route, offered);
      await run(200);
      const [small, middle, best] = [await view('s', 180), await view('m', 300), await view('b')];
      await run(1_000);
      expect(new Set(small.layers().slice(-10))).toEqual(new Set([0]));
      expect(new Set(middle.layers().slice(-10))).toEqual(new Set([1]));
      expect(new Set(best.layers().slice(-10))).toEqual(new Set([2]));
      expect(told).toEqual([]);
    },
  );

  it('sends nothing while muted, and each viewer its own layer again afterwards', async () => {
    const { router, run, view } = await setUp(route);
    await run(200);
    const [small, best] = [await view('s', 180), await view('b')];
    await run(1_000);
    for (let round = 0; round < 5; round += 1) {
      router.setMuted(streamKey, ['video']);
      await flush();
      const sent = [small.packets().length, best.packets().length];
      await run(round * 400);
      const late = await view(`late-${round}`);
      await run(400);
      expect([small.packets().length, best.packets().length, late.packets().length]).toEqual([...sent, 0]);
      router.setMuted(streamKey, []);
      await run(1_500);
      expect(new Set(small.layers().slice(-10))).toEqual(new Set([0]));
      expect(new Set(best.layers().slice(-10))).toEqual(new Set([2]));
      expect(new Set(late.layers().slice(-10))).toEqual(new Set([2]));
    }
    const ids = best.pictureIds();
    expect(new Set(steps(ids, 2 ** 15))).toEqual(new Set([1]));
  });

  it('reports the needed layers by name, in whatever order they are listed', async () => {
    const { run, view, told } = await setUp(route, ['f', 'q', 'h']);
    await run(200);
    await view('v', 180);
    await run(6_000);
    expect(told.at(-1)).toEqual(['q']);
  });

  it('keeps numbers, timestamps and picture ids continuous over fifty switches', async () => {
    const { router, run, view } = await setUp(route);
    await run(200);
    const viewer = await view('v', 180);
    for (let round = 0; round < 50; round += 1) {
      router.setViewedVideo(streamKey, 'v', { maxHeightPx: heights[(round + 1) % 3] ?? 0 });
      await run(600);
      expect(viewer.layers().at(-1)).toBe((round + 1) % 3);
    }
    expect(
      new Set(
        steps(
          viewer.packets().map(({ sequenceNumber }) => sequenceNumber),
          0x1_0000,
        ),
      ),
    ).toEqual(new Set([1]));
    expect(new Set(steps(viewer.pictureIds(), 0x8000))).toEqual(new Set([1]));
    expect(new Set(steps(viewer.tl0(), 0x100))).toEqual(new Set([1]));
    const timestamps = steps(
      viewer.packets().map(({ timestamp }) => timestamp),
      2 ** 32,
    );
    expect(Math.max(...timestamps)).toBeLessThanOrEqual(2 * 3_600);
    expect(Math.min(...timestamps)).toBeGreaterThan(0);
  });

  it('switches to another layer when the current one dies', async () => {
    const { run, view, silent } = await setUp(route);
    await run(200);
    const viewer = await view('v');
    await run(1_000);
    silent.add('f');
    await run(2_000);
    expect(viewer.layers().at(-1)).toBe(1);
    silent.delete('f');
    await run(1_000);
    expect(viewer.layers().at(-1)).toBe(2);
  });

  it('reports which layers are needed, and sends nothing to a paused view', async () => {
    const { router, run, view, told } = await setUp(route);
    await run(200);
    const viewer = await view('v', 180);
    await run(6_000);
    expect(told.at(-1)).toEqual(['q']);
    router.setViewedVideo(streamKey, 'v', { isPaused: true });
    const count = viewer.packets().length;
    await run(6_000);
    expect(told.at(-1)).toEqual([]);
    expect(viewer.packets()).toHaveLength(count);
    router.setViewedVideo(streamKey, 'v', {});
    await run(600);
    expect(viewer.layers().at(-1)).toBe(2);
    await run(6_000);
    expect(told.at(-1)).toEqual(['h', 'f']);
  });
});
