import { expect, it } from 'vitest';
import { readPcapng } from '../testing/read-pcapng.ts';
import { rtpBytes } from '../testing/test-packets.ts';
import { buildPictureLoss } from '../wire/build-rtcp.ts';
import { pcapngHeader, pcapngPacket } from './pcapng.ts';

const timeUs = 1_764_350_000_123_456;

it('writes packets that a reader of the format finds whole, whatever their length', () => {
  const payloads = [0, 1, 2, 3, 4, 1_200].map((length) =>
    rtpBytes({ payloadType: 96, ssrc: 7, payload: Buffer.alloc(length, 0xab) }),
  );
  const file = Buffer.concat([
    pcapngHeader('Not a multiple of four: äöü'),
    ...payloads.map((packet, index) => pcapngPacket(packet, 'in', timeUs + index)),
  ]);
  const { comment, linkType, packets } = readPcapng(file);
  expect(comment).toBe('Not a multiple of four: äöü');
  expect(linkType).toBe(101);
  expect(packets.map(({ payload }) => payload)).toEqual(payloads);
  expect(packets.map(({ timeMs }) => Math.round(timeMs * 1_000))).toEqual(
    payloads.map((_, index) => timeUs + index),
  );
});

it('shows the direction by addresses and flags, and RTCP by its port', () => {
  const rtp = rtpBytes({ payloadType: 111 });
  const rtcp = buildPictureLoss(1, 2);
  const file = Buffer.concat([
    pcapngHeader(''),
    pcapngPacket(rtp, 'in', timeUs),
    pcapngPacket(rtcp, 'out', timeUs),
  ]);
  expect(readPcapng(file).packets).toMatchObject([
    { directionFlag: 1, source: '192.0.2.2', destination: '192.0.2.1', ports: [5004, 5004] },
    { directionFlag: 2, source: '192.0.2.1', destination: '192.0.2.2', ports: [5005, 5005] },
  ]);
});
