import { describe, expect, it } from 'vitest';
import { codecs } from './codecs.ts';

function startsKeyFrame(name: string, payload: readonly number[]): boolean {
  const codec = codecs.find((row) => row.name === name);
  if (!codec) throw new Error(`${name} is missing from the table.`);
  // Bytes around the payload are not part of it and must not be read.
  const buffer = Uint8Array.from([0xff, ...payload, 0xff, 0xff]);
  return codec.startsKeyFrame(buffer, 1, 1 + payload.length);
}

/** A unit's header (nal_ref_idc 3) and first byte of content. */
const sps = [0x67, 0x42];
const pps = [0x68, 0xce];
const idr = [0x65, 0x88];
const laterIdrSlice = [0x65, 0x40];
const slice = [0x41, 0x9a];
const sei = [0x06, 0x05];

/** STAP-A of these units. */
function stapA(...units: readonly (readonly number[])[]): number[] {
  return [0x78, ...units.flatMap((unit) => [0, unit.length, ...unit])];
}

describe('a key frame starts with', () => {
  it.each<[codec: string, what: string, payload: readonly number[]]>([
    ['opus', 'any packet', [0x78]],
    ['VP8', 'a key frame’s first packet', [0x10, 0x00, 1]],
    ['VP8', 'the same with a long picture id and layers', [0x90, 0xe0, 0x81, 0x02, 0x03, 0x40, 0x10]],
    ['H264', 'sequence parameters alone', sps],
    ['H264', 'an IDR picture alone', idr],
    ['H264', 'sequence and picture parameters together', stapA(sps, pps)],
    ['H264', 'an IDR picture after other units', stapA(sei, pps, idr)],
    ['H264', 'the first fragment of an IDR picture', [0x7c, 0x85, 0x88, 1]],
    ['H264', 'the first fragment of sequence parameters', [0x7c, 0x87, 0x42]],
    ['VP9', 'an intra picture without layers', [0x08, 1]],
    ['VP9', 'an intra picture with a long picture id', [0x8a, 0x81, 0x23, 1]],
    ['VP9', 'the lowest spatial layer of one', [0xac, 0x05, 0b000_0_000_0, 0, 1]],
    ['VP9', 'the lowest spatial layer of one, in flexible mode', [0xba, 0x85, 0x05, 0b001_1_000_0, 1]],
    ['AV1', 'a new coded video sequence', [0x18, 0x0a, 1]],
    ['AV1', 'one whose last unit goes on in the next packet', [0x68, 0x0a, 1]],
  ])('%s: %s', (codec, _what, payload) => {
    expect(startsKeyFrame(codec, payload)).toBe(true);
  });
});

describe('a key frame does not start with', () => {
  it.each<[codec: string, what: string, payload: readonly number[]]>([
    ['VP8', 'a picture that refers to others', [0x10, 0x01]],
    ['VP8', 'a later partition', [0x11, 0x00]],
    ['VP8', 'the middle of a partition', [0x00, 0x00]],
    ['VP8', 'a descriptor and nothing else', [0x90, 0x80, 0x01]],
    ['H264', 'an ordinary slice', slice],
    ['H264', 'a later slice of an IDR picture', laterIdrSlice],
    ['H264', 'picture parameters alone', pps],
    ['H264', 'units of which none is one', stapA(sei, slice)],
    ['H264', 'a unit that is cut off', [0x78, 0, 9, ...sps]],
    ['H264', 'an empty unit before one', [0x78, 0, 0, 0, 2, ...sps]],
    ['H264', 'a later fragment of an IDR picture', [0x7c, 0x05, 0x88]],
    ['H264', 'the last fragment of an IDR picture', [0x7c, 0x45, 0x88]],
    ['H264', 'the first fragment of an ordinary slice', [0x7c, 0x81, 0x88]],
    ['H264', 'a header and nothing else', [0x65]],
    ['VP9', 'a picture that refers to others', [0x48, 1]],
    ['VP9', 'the middle of an intra picture', [0x00, 1]],
    ['VP9', 'a higher spatial layer', [0xac, 0x05, 0b000_0_001_1, 0, 1]],
    ['VP9', 'a descriptor and nothing else', [0x8a, 0x81, 0x23]],
    ['VP9', 'a descriptor that is cut off before its layers', [0xac, 0x05]],
    ['AV1', 'a picture of the running sequence', [0x10, 0x32, 1]],
    ['AV1', 'the continuation of a unit', [0x98, 0x0a, 1]],
    ['AV1', 'an aggregation header and nothing else', [0x18]],
  ])('%s: %s', (codec, _what, payload) => {
    expect(startsKeyFrame(codec, payload)).toBe(false);
  });

  it.each(codecs.filter(({ kind }) => kind === 'video').map(({ name }) => name))(
    '%s: nothing at all',
    (name) => {
      expect(startsKeyFrame(name, [])).toBe(false);
    },
  );
});
