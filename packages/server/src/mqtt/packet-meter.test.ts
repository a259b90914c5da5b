import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PacketMeter } from './packet-meter.ts';

/** A packet with a body of this many bytes. */
function packetOf(bodyBytes: number): Buffer {
  const length: number[] = [];
  let rest = bodyBytes;
  do {
    const hasMore = rest >= 128;
    length.push((rest % 128) + (hasMore ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bodyBytes, 0xff)]);
}

it('lets packets within the limit pass and stops at the first longer one, however the bytes are cut', () => {
  const maxBytes = 400;
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: maxBytes }), { maxLength: 8 }),
      fc.option(fc.integer({ min: maxBytes + 1, max: 3_000 })),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }),
      (sizes, tooLong, cuts) => {
        const allowed = Buffer.concat(sizes.map(packetOf));
        const bytes = tooLong === null ? allowed : Buffer.concat([allowed, packetOf(tooLong)]);
        const meter = new PacketMeter(maxBytes);
        let isWithin = true;
        let read = 0;
        for (let cut = 0; read < bytes.length && isWithin; cut += 1) {
          const next = read + (cuts[cut % cuts.length] ?? 1);
          isWithin = meter.read(bytes.subarray(read, next));
          read = next;
        }
        expect(isWithin).toBe(tooLong === null);
        // It never waits for more than the length of what is too long.
        if (tooLong !== null) expect(read).toBeLessThanOrEqual(allowed.length + 4 + 300);
      },
    ),
  );
});

it('stops at a length that does not end', () => {
  expect(new PacketMeter(2 ** 31).read(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]))).toBe(false);
});
