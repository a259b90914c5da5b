import { expect, it } from 'vitest';
import type { ExtensionIds } from '../header-extensions.ts';
import { rtpPacket } from '../testing/test-packets.ts';
import { writeForwardedPacket, writePaddingPacket } from './forwarded-packet.ts';
import { stampPacket } from './packet-stamp.ts';
import { findExtension, parseRtpPacket } from './rtp-packet.ts';

const header = { payloadType: 96, sequenceNumber: 1, timestamp: 2, ssrc: 3 };

function extensionsOf(bytes: Buffer, ids: ExtensionIds): (string | undefined)[] {
  const packet = parseRtpPacket(bytes);
  return [ids['transport-cc'], ids['abs-send-time'], ids.mid].map((id) =>
    packet && id !== undefined ? findExtension(packet, id)?.toString('hex') : undefined,
  );
}

it.each([
  ['both', { 'transport-cc': 3, 'abs-send-time': 2 }, ['fffe', '060000', undefined]],
  ['the number alone, beside a name', { 'transport-cc': 14, mid: 1 }, ['fffe', undefined, '76']],
  ['the send time alone', { 'abs-send-time': 2, mid: 1 }, [undefined, '060000', '76']],
  ['neither', { mid: 1 }, [undefined, undefined, '76']],
  ['nothing at all', {}, [undefined, undefined, undefined]],
])('stamps %s into a packet that is written already', (_what, ids: ExtensionIds, expected) => {
  const packet = rtpPacket({ payload: Buffer.from('payload') });
  const out = writeForwardedPacket(packet, header, {
    mid: Buffer.from('v'),
    publisherIds: {},
    viewerIds: ids,
  });
  stampPacket(out, ids, 0x1_fffe, 1_500);
  expect(extensionsOf(out, ids)).toEqual(expected);
  expect(out.subarray(-7).toString()).toBe('payload');
});

it('stamps a packet of padding, which has no payload', () => {
  const ids: ExtensionIds = { 'transport-cc': 3, 'abs-send-time': 2 };
  const out = writePaddingPacket(header, ids, 200);
  stampPacket(out, ids, 7, 1_500);
  expect(extensionsOf(out, ids)).toEqual(['0007', '060000', undefined]);
  const packet = parseRtpPacket(out);
  expect(packet && packet.payloadEnd - packet.payloadStart).toBe(0);
  expect(out.length - (packet?.payloadEnd ?? 0)).toBe(200);
});

it.each([
  [1_234, '04ef9d'],
  [65_234, '04ef9d'],
  [63_999, 'fffef9'],
  [1_000_064_000, '000000'],
])('writes the send time %i ms in units of 1/2^18 s, modulo 64 s', (nowMs, expected) => {
  const ids: ExtensionIds = { 'abs-send-time': 2 };
  const out = writePaddingPacket(header, ids, 1);
  stampPacket(out, ids, 0, nowMs);
  expect(extensionsOf(out, ids)[1]).toBe(expected);
});
