import { describe, expect, it } from 'vitest';
import { droppedFrame, unnumberedFrame } from './frame-numbers.ts';
import { Vp8FrameNumbers } from './vp8-frame-numbers.ts';

/** A payload with a 15-bit picture id, TL0PICIDX and temporal id. */
function payload(pictureId: number, tl0 = 0, temporalId = 0, isLayerSync = false): Buffer {
  const layers = (temporalId << 6) | (isLayerSync ? 0x20 : 0);
  return Buffer.from([
    0x90,
    0xe0,
    0x80 | ((pictureId >> 8) & 0x7f),
    pictureId & 0xff,
    tl0 & 0xff,
    layers,
    0,
    0,
  ]);
}

/** What the viewer sees; undefined for a dropped frame. */
function pass(numbers: Vp8FrameNumbers, packet: Buffer): { id: number; tl0: number } | undefined {
  const mark = numbers.mark(packet, 0, packet.length);
  if (mark === droppedFrame) return undefined;
  const copy = Buffer.from(packet);
  numbers.write(copy, 0, copy.length, mark);
  return { id: copy.readUInt16BE(2) & 0x7fff, tl0: copy.readUInt8(4) };
}

describe('Vp8FrameNumbers', () => {
  it('continues where the former source ended, across wrap-around', () => {
    const numbers = new Vp8FrameNumbers();
    const seen = [0x7ffe, 0x7fff, 0, 1].map((id, index) => pass(numbers, payload(id, 254 + index)));
    numbers.begin();
    seen.push(pass(numbers, payload(500, 9)), pass(numbers, payload(501, 10)));
    expect(seen.map((frame) => frame?.id)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(seen.map((frame) => frame?.tl0)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reserves a number for a late frame', () => {
    const numbers = new Vp8FrameNumbers();
    const ids = [10, 12, 11, 12].map((id) => pass(numbers, payload(id))?.id);
    expect(ids).toEqual([1, 3, 2, 3]);
  });

  it('drops higher temporal layers without a gap, and restores them at a layer sync', () => {
    const numbers = new Vp8FrameNumbers();
    expect(pass(numbers, payload(1, 1, 0))?.id).toBe(1);
    expect(pass(numbers, payload(2, 1, 2))?.id).toBe(2);
    numbers.maxTemporalId = 0;
    expect(pass(numbers, payload(2, 1, 2))?.id).toBe(2);
    expect(pass(numbers, payload(3, 1, 1))).toBeUndefined();
    expect(pass(numbers, payload(4, 1, 2))).toBeUndefined();
    expect(pass(numbers, payload(5, 2, 0))?.id).toBe(3);
    numbers.maxTemporalId = 3;
    expect(pass(numbers, payload(6, 2, 1))).toBeUndefined();
    expect(pass(numbers, payload(7, 3, 0))?.id).toBe(4);
    expect(pass(numbers, payload(8, 3, 1, true))?.id).toBe(5);
    expect(pass(numbers, payload(4, 1, 2))).toBeUndefined();
  });

  it('does not change payloads without a picture id, or truncated ones', () => {
    const numbers = new Vp8FrameNumbers();
    for (const bytes of [[0x10, 0, 1], [0x90, 0x80], []]) {
      const packet = Buffer.from(bytes);
      expect(numbers.mark(packet, 0, packet.length)).toBe(unnumberedFrame);
    }
  });

  it('reports arriving temporal layers, sent or not, and forgets those that stop', () => {
    const numbers = new Vp8FrameNumbers();
    expect(numbers.highestTemporalId).toBe(0);
    for (let id = 1; id <= 64; id += 1) pass(numbers, payload(id, 0, id % 2 === 0 ? 2 : 0));
    expect(numbers.highestTemporalId).toBe(2);
    numbers.maxTemporalId = 0;
    numbers.begin();
    for (let id = 101; id <= 164; id += 1) pass(numbers, payload(id, 0, id % 2 === 0 ? 2 : 0));
    expect(numbers.highestTemporalId).toBe(2);
    for (let id = 165; id <= 264; id += 1) pass(numbers, payload(id));
    expect(numbers.highestTemporalId).toBe(0);
  });
});
