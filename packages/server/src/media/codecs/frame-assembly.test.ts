import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { av1 } from './av1.ts';
import type { Codec } from './codec.ts';
import type { CodedFrame } from './frame-assembler.ts';
import { h264 } from './h264.ts';
import { opus } from './opus.ts';
import { vp8 } from './vp8.ts';
import { vp9 } from './vp9.ts';

/** Passes payloads to an assembler as parts of larger buffers, as they lie in packets. */
function assemble(codec: Codec, ...frames: readonly (readonly Uint8Array[])[]): (CodedFrame | undefined)[] {
  const assembler = codec.createFrameAssembler();
  return frames.map((payloads) => {
    for (const payload of payloads) {
      const packet = Buffer.concat([Buffer.alloc(12, 0xff), payload, Buffer.alloc(3, 0xff)]);
      const before = Buffer.from(packet);
      assembler.add(packet, 12, 12 + payload.length);
      // Viewers share the packet.
      expect(packet.equals(before)).toBe(true);
    }
    return assembler.take();
  });
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Cuts bytes into pieces of up to `size`. */
function cut(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

const withLength = (unit: Uint8Array): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(unit.length);
  return Buffer.concat([length, unit]);
};
const fragments = (unit: Uint8Array, size: number): readonly Buffer[] => {
  const header = unit[0] ?? 0;
  const pieces = cut(unit.subarray(1), size);
  return pieces.map((piece, index) => {
    const flags = (index === 0 ? 0x80 : 0) | (index === pieces.length - 1 ? 0x40 : 0);
    return Buffer.concat([Buffer.of((header & 0xe0) | 28, flags | (header & 0x1f)), piece]);
  });
};
const aggregate = (...units: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    Buffer.of(0x78),
    ...units.flatMap((unit) => [Buffer.of(unit.length >> 8, unit.length & 0xff), unit]),
  ]);

const content = fc.uint8Array({ minLength: 1, maxLength: 400 });
const pieceBytes = fc.integer({ min: 2, max: 120 });

describe('VP8', () => {
  const keyFrame = hex('10 02 00 9d 01 2a 40 01 f0 00 aa bb');

  it('joins the packets of a frame, without their descriptors', () => {
    fc.assert(
      fc.property(content, pieceBytes, (rest, size) => {
        const data = Buffer.concat([Buffer.of(0x01), rest]);
        const payloads = cut(data, size).map((piece, index) =>
          Buffer.concat([hex(index === 0 ? '90 80 81 23' : '80 80 81 23'), piece]),
        );
        const [frame] = assemble(vp8, payloads);
        expect(frame?.isKey).toBe(false);
        expect(Buffer.from(frame?.data ?? []).equals(data)).toBe(true);
      }),
    );
  });

  it('reads the size of a key frame', () => {
    const [frame] = assemble(vp8, [Buffer.concat([hex('10'), keyFrame])]);
    const format = { codecString: 'vp8', widthPx: 320, heightPx: 240 };
    expect(frame).toMatchObject({ isKey: true, format });
  });

  it('makes no frame of the rest of one, nor of two beginnings', () => {
    expect(assemble(vp8, [hex('00 01 02')], [hex('10 01'), hex('10 01')], [])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('H.264', () => {
  // From x264: Constrained Baseline, 320 by 180, cropped from 192.
  const sequenceSet = hex('67 42 c0 1f d9 01 41 9f 9f 01 10 00 00 03 00 10 00 00 03 03 c0 f1 83 24 80');
  const pictureSet = hex('68 cb 83 cb 20');
  // From x264: High, 1280 by 718.
  const highSet = hex('67 64 00 1f ac d9 40 50 05 bf ac 04 40 00 00 03 00 40 00 00 0f 03 c6 0c 65 80');
  it('joins single units, aggregates and fragments into units with lengths', () => {
    fc.assert(
      fc.property(content, pieceBytes, (rest, size) => {
        const slice = Buffer.concat([Buffer.of(0x65, 0x88), rest]);
        const payloads = [aggregate(sequenceSet, pictureSet), ...fragments(slice, size)];
        const [frame] = assemble(h264, payloads);
        const expected = Buffer.concat([sequenceSet, pictureSet, slice].map(withLength));
        expect(frame?.isKey).toBe(true);
        expect(Buffer.from(frame?.data ?? []).equals(expected)).toBe(true);
        expect(frame?.format).toMatchObject({ codecString: 'avc1.42c01f', widthPx: 320, heightPx: 180 });
      }),
    );
  });

  it('remembers the parameters of a sender that sends them once, and takes no key frame before', () => {
    const slice = hex('65 88 01');
    const [early, , later] = assemble(h264, [slice], [sequenceSet, pictureSet, slice], [slice]);
    expect(early).toBeUndefined();
    expect(later).toMatchObject({ isKey: true, format: { widthPx: 320 } });
    expect(later?.format?.description?.subarray(0, 6)).toEqual(
      Uint8Array.of(1, 0x42, 0xc0, 0x1f, 0xff, 0xe1),
    );
  });

  it('reads the size and the depth of a high profile', () => {
    const [frame] = assemble(h264, [highSet, pictureSet, hex('65 88 01')]);
    expect(frame?.format).toMatchObject({ codecString: 'avc1.64001f', widthPx: 1_280, heightPx: 718 });
    expect(frame?.format?.description?.subarray(-4)).toEqual(Uint8Array.of(0xfd, 0xf8, 0xf8, 0));
  });

  it('makes no frame of a unit whose fragments are not all there', () => {
    const [, second, third] = fragments(hex('41 01 02 03 04 05 06'), 2);
    const [first] = fragments(hex('41 01 02 03 04 05 06'), 2);
    if (!first || !second || !third) throw new Error('There are three fragments.');
    expect(assemble(h264, [first, second], [second, third], [first, third])).toEqual([
      undefined,
      undefined,
      // A missing one in between cannot be seen here: packets are numbered.
      expect.objectContaining({ isKey: false }),
    ]);
  });
});

describe('VP9', () => {
  // Profile 0, key frame, shown, 8 bits, BT.601, 320 by 180.
  const keyFrame = hex('82 49 83 42 20 13 f0 0b 30 00 38 24');

  it('joins the packets of a picture, and reads the size of a key frame', () => {
    const [key, delta] = assemble(
      vp9,
      [
        Buffer.concat([hex('88 81 23'), keyFrame.subarray(0, 8)]),
        Buffer.concat([hex('84 81 23'), keyFrame.subarray(8)]),
      ],
      [Buffer.concat([hex('cc 81 24'), hex('86 01 02')])],
    );
    expect(key).toMatchObject({
      isKey: true,
      format: { codecString: 'vp09.00.41.08', widthPx: 320, heightPx: 180 },
    });
    expect(Buffer.from(key?.data ?? []).equals(keyFrame)).toBe(true);
    expect(delta).toMatchObject({ isKey: false });
    expect([...(delta?.data ?? [])]).toEqual([0x86, 0x01, 0x02]);
  });

  it('makes one superframe of the spatial layers of a picture', () => {
    const upper = hex('86 00 0a 0b');
    const [frame] = assemble(vp9, [
      // With a structure: two layers, 320 by 180 and 640 by 360.
      Buffer.concat([hex('ae 81 23 00 00 30 01 40 00 b4 02 80 01 68'), keyFrame]),
      Buffer.concat([hex('ac 81 23 03 00'), upper]),
    ]);
    const index = hex('d9 0c 00 00 00 04 00 00 00 d9');
    expect(Buffer.from(frame?.data ?? []).equals(Buffer.concat([keyFrame, upper, index]))).toBe(true);
    expect(frame?.format).toMatchObject({ widthPx: 640, heightPx: 360 });
  });
});

describe('AV1', () => {
  // Recorded from Chromium: 320 by 180.
  const sequence = hex('08 00 00 00 04 3c fe cc 01 a0 08');

  it('joins the units of a picture, each with its size', () => {
    fc.assert(
      fc.property(content, pieceBytes, (rest, size) => {
        const frame = Buffer.concat([Buffer.of(0x30), rest]);
        const pieces = cut(frame, size);
        const payloads = pieces.map((piece, index) => {
          const continues = index > 0 ? 0x80 : 0;
          const isContinued = index < pieces.length - 1 ? 0x40 : 0;
          if (index > 0) return Buffer.concat([Buffer.of(continues | isContinued | 0x10), piece]);
          const head = Buffer.of(isContinued | 0x20 | 0x08, sequence.length);
          return Buffer.concat([head, sequence, piece]);
        });
        const [picture] = assemble(av1, payloads);
        const length = frame.length - 1;
        const size128 = length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
        const expected = Buffer.concat([
          Buffer.of(0x0a, sequence.length - 1),
          sequence.subarray(1),
          Buffer.of(0x32, ...size128),
          frame.subarray(1),
        ]);
        expect(Buffer.from(picture?.data ?? []).equals(expected)).toBe(true);
        expect(picture).toMatchObject({
          isKey: true,
          format: { codecString: 'av01.0.00M.08', widthPx: 320, heightPx: 180 },
        });
      }),
    );
  });

  it('leaves out delimiters, and makes no frame of a unit whose end is missing', () => {
    const [delta, broken] = assemble(av1, [hex('20 02 12 00 30 01')], [hex('50 30 01')]);
    expect([...(delta?.data ?? [])]).toEqual([0x32, 0x01, 0x01]);
    expect(broken).toBeUndefined();
  });
});

describe('Opus', () => {
  it.each([
    ['10 ms of SILK', '00', 10],
    ['60 ms of SILK', '18', 60],
    ['20 ms of hybrid', '68', 20],
    ['2.5 ms of CELT', '80', 2.5],
    ['20 ms of CELT', 'fc', 20],
    ['two frames of 20 ms', 'f9', 40],
    ['three frames of 20 ms', 'fb 03', 60],
  ])('lasts as long as its packet says: %s', (_name, packet, durationMs) => {
    expect(assemble(opus, [hex(packet)])).toMatchObject([{ isKey: true, durationMs }]);
  });
});

it('survives any bytes', () => {
  const bytes = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 });
  fc.assert(
    fc.property(
      fc.constantFrom(vp8, vp9, h264, av1, opus),
      fc.array(bytes, { maxLength: 4 }),
      (codec, frames) => {
        assemble(codec, ...frames);
      },
    ),
    { numRuns: 2_000 },
  );
});
