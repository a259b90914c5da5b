import { expect, it } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
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
