import fc from 'fast-check';
import { expect, it } from 'vitest';
import { frameKind, FrameReader, writeFrame } from './relay-frames.ts';

const frame = fc.record({
  kind: fc.constantFrom(...Object.values(frameKind)),
  section: fc.nat(255),
  layer: fc.nat(255),
  content: fc.uint8Array({ maxLength: 200 }),
});

it('reads what was written, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.nat(1_000)), (frames, cuts) => {
      const bytes = Buffer.concat(
        frames.map(({ kind, section, layer, content }) => writeFrame(kind, content, section, layer)),
      );
      const positions = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].toSorted(
        (one, other) => one - other,
      );
      const reader = new FrameReader();
      const read = positions.flatMap((position, index) =>
        reader.read(bytes.subarray(position, positions[index + 1] ?? bytes.length)),
      );
      expect(
        read.map(({ kind, section, layer, content }) => ({
          kind,
          section,
          layer,
          content: new Uint8Array(content),
        })),
      ).toEqual(frames);
    }),
  );
});

it('refuses to write what does not fit into a frame', () => {
  expect(() => writeFrame(frameKind.rtp, Buffer.alloc(0x1_0000))).toThrow(RangeError);
});
