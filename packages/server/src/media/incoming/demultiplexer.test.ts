import { describe, expect, it } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
import { opus } from '../codecs/opus.ts';
import { vp8 } from '../codecs/vp8.ts';
import { rtpPacket } from '../testing/test-packets.ts';
import { Demultiplexer } from './demultiplexer.ts';

const video: AcceptedMedia = {
  kind: 'video',
  mid: '1',
  codec: vp8,
  payloadType: 96,
  rtxPayloadType: 97,
  formatParameters: '',
  feedback: [],
  extensionIds: { rid: 10 },
  rids: ['q', 'h'],
  hasReducedSizeRtcp: false,
};

const named = rtpPacket({ payloadType: 96, ssrc: 5, extensions: { 10: Buffer.from('h') } });
const unnamed = rtpPacket({ payloadType: 96, ssrc: 5 });

it('recognizes a layer by its SSRC once a packet has named it, even on a new path', () => {
  const first = new Demultiplexer([video]);
  expect(first.route(unnamed)).toBeUndefined();
  expect(first.route(named)).toMatchObject({ layer: 1 });
  const again = { ...video };
  // Nothing arrived on the second path.
  const third = new Demultiplexer([again], new Demultiplexer([{ ...video }], first));
  expect(third.route(unnamed)).toEqual({ media: again, section: 0, layer: 1, isRetransmission: false });
  expect(third.route(unnamed)?.media).toBe(again);
});

it('forgets routes of a former path with other layers', () => {
  const former = new Demultiplexer([video]);
  former.route(named);
  const other = new Demultiplexer([{ ...video, rids: ['h', 'q'] }], former);
  expect(other.route(unnamed)).toBeUndefined();
});

function knows(demultiplexer: Demultiplexer, ssrc: number): boolean {
  return demultiplexer.route(rtpPacket({ payloadType: 96, ssrc })) !== undefined;
}

it('remembers the last 32 routes of a former path', () => {
  const formerOf = (count: number) => {
    const former = new Demultiplexer([video]);
    for (let ssrc = 1; ssrc <= count; ssrc += 1) {
      former.route(rtpPacket({ payloadType: 96, ssrc, extensions: { 10: Buffer.from('h') } }));
    }
    return former;
  };
  const next = new Demultiplexer([video], formerOf(32));
  expect([knows(next, 1), knows(next, 32), knows(next, 33)]).toEqual([true, true, false]);
  const third = new Demultiplexer([video], new Demultiplexer([video], formerOf(40)));
  expect([knows(third, 1), knows(third, 32), knows(third, 33)]).toEqual([true, true, false]);
});

it.each<[string, Partial<AcceptedMedia>]>([
  ['mid', { mid: '2' }],
  ['kind', { kind: 'audio' }],
  ['layers by SSRC', { layerSsrcs: [1, 2] }],
])('forgets routes of a former path with another %s', (_what, changed) => {
  const former = new Demultiplexer([video]);
  former.route(named);
  expect(new Demultiplexer([{ ...video, ...changed }], former).route(unnamed)).toBeUndefined();
});

describe('the section of a packet', () => {
  const audio: AcceptedMedia = {
    kind: 'audio',
    mid: '0',
    codec: opus,
    payloadType: 111,
    redPayloadType: 63,
    formatParameters: '',
    feedback: [],
    extensionIds: { mid: 4 },
    hasReducedSizeRtcp: false,
  };
  const camera: AcceptedMedia = {
    ...audio,
    kind: 'video',
    mid: '1',
    codec: vp8,
    payloadType: 96,
    rtxPayloadType: 97,
  };
  const { redPayloadType: _none, ...plainCamera } = camera;
  const media = [audio, plainCamera];
  const routeOf = (fields: Parameters<typeof rtpPacket>[0]) => {
    const route = new Demultiplexer(media).route(rtpPacket({ ssrc: 9, ...fields }));
    return route && [route.section, route.layer, route.isRetransmission];
  };

  it('is that of its payload type', () => {
    expect(routeOf({ payloadType: 111 })).toEqual([0, 0, false]);
    expect(routeOf({ payloadType: 63 })).toEqual([0, 0, false]);
    expect(routeOf({ payloadType: 96 })).toEqual([1, 0, false]);
    expect(routeOf({ payloadType: 97 })).toEqual([1, 0, true]);
    expect(routeOf({ payloadType: 98 })).toBeUndefined();
  });

  it('is the one that it names, if that carries its payload type', () => {
    const sameTypes = [camera, { ...camera, mid: '2' }];
    const named = rtpPacket({ payloadType: 96, ssrc: 9, extensions: { 4: Buffer.from('2') } });
    expect(new Demultiplexer(sameTypes).route(named)?.section).toBe(1);
    expect(routeOf({ payloadType: 111, extensions: { 4: Buffer.from('1') } })).toBeUndefined();
    expect(routeOf({ payloadType: 111, extensions: { 4: Buffer.from('9') } })).toEqual([0, 0, false]);
  });

  it('stays that of its SSRC, also when the payload type changes', () => {
    const demultiplexer = new Demultiplexer(media);
    const next = (payloadType: number) => demultiplexer.route(rtpPacket({ payloadType, ssrc: 9 }));
    expect(next(111)).toMatchObject({ section: 0 });
    expect(next(111)).toBe(next(111));
    expect(next(63)).toMatchObject({ section: 0, isRetransmission: false });
    expect(next(96)).toBeUndefined();
    const other = (payloadType: number) => demultiplexer.route(rtpPacket({ payloadType, ssrc: 10 }));
    expect(other(97)).toMatchObject({ section: 1, isRetransmission: true });
    expect(other(96)).toMatchObject({ section: 1, isRetransmission: false });
    expect(other(97)).toMatchObject({ section: 1, isRetransmission: true });
  });

  it('is not remembered for more than 32 SSRCs', () => {
    const demultiplexer = new Demultiplexer([video]);
    const learn = (ssrc: number) =>
      demultiplexer.route(rtpPacket({ payloadType: 96, ssrc, extensions: { 10: Buffer.from('h') } }));
    for (let ssrc = 1; ssrc <= 33; ssrc += 1) expect(learn(ssrc)).toMatchObject({ layer: 1 });
    const isKnown = (ssrc: number) => demultiplexer.route(rtpPacket({ payloadType: 96, ssrc })) !== undefined;
    expect([isKnown(1), isKnown(32), isKnown(33)]).toEqual([true, true, false]);
    expect(demultiplexer.route(rtpPacket({ payloadType: 97, ssrc: 1 }))).toMatchObject({
      isRetransmission: true,
    });
  });
});

describe('the layer of a packet', () => {
  it('is named by its rid, and that of a retransmission by the repaired rid', () => {
    const media = { ...video, extensionIds: { rid: 10, 'repaired-rid': 11 } };
    const routeOf = (payloadType: number, extensions: Readonly<Record<number, Uint8Array>>) =>
      new Demultiplexer([media]).route(rtpPacket({ payloadType, ssrc: 5, extensions }))?.layer;
    const [q, h, x] = ['q', 'h', 'x'].map((rid) => Buffer.from(rid)) as [Buffer, Buffer, Buffer];
    expect(routeOf(96, { 10: q })).toBe(0);
    expect(routeOf(96, { 10: h })).toBe(1);
    expect(routeOf(96, { 10: x })).toBeUndefined();
    expect(routeOf(96, { 11: h })).toBeUndefined();
    expect(routeOf(97, { 11: h })).toBe(1);
    expect(routeOf(97, { 10: h })).toBeUndefined();
  });

  it('is that of its SSRC, or of the SSRC that it repairs', () => {
    const { rids: _none, ...withoutRids } = video;
    const media = { ...withoutRids, layerSsrcs: [100, 200], repairedSsrcs: new Map([[201, 200]]) };
    const layerOf = (payloadType: number, ssrc: number) =>
      new Demultiplexer([media]).route(rtpPacket({ payloadType, ssrc }))?.layer;
    expect([layerOf(96, 100), layerOf(96, 200), layerOf(97, 201), layerOf(96, 300)]).toEqual([
      0,
      1,
      1,
      undefined,
    ]);
  });
});
