import { assert, asyncProperty, constantFrom, integer, nat, uint8Array } from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, openFrame, overheadBytes, sealFrame } from './frame-format.ts';
import { IvSource } from './iv-source.ts';

const kinds = constantFrom('audio' as const, 'video' as const);
const frames = uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes));
const ivs = new IvSource();

let key: CryptoKey;
let otherKey: CryptoKey;

async function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

beforeAll(async () => {
  [key, otherKey] = await Promise.all([newKey(), newKey()]);
});

const seal = (frame: Bytes, kind: 'audio' | 'video', index = 0) =>
  sealFrame(frame, kind, { key, index }, ivs.next());

describe('a frame', () => {
  test('comes out as it went in, 29 bytes longer on its way', async () => {
    await assert(
      asyncProperty(frames, kinds, integer({ min: 0, max: 255 }), async (frame, kind, index) => {
        const sealed = await seal(frame, kind, index);
        expect(sealed).toHaveLength(frame.length + 29);
        expect(await openFrame(sealed, kind, (named) => (named === index ? [key] : []))).toEqual(frame);
      }),
    );
  });

  test('stays shut for another key, and opens with the one that fits among several', async () => {
    await assert(
      asyncProperty(frames, kinds, async (frame, kind) => {
        const sealed = await seal(frame, kind);
        expect(await openFrame(sealed, kind, () => [otherKey])).toBeUndefined();
        expect(await openFrame(sealed, kind, () => [otherKey, key])).toEqual(frame);
      }),
    );
  });

  test('stays shut when any byte of it was changed, those of the clear header too', async () => {
    await assert(
      asyncProperty(frames, kinds, nat(), integer({ min: 1, max: 255 }), async (frame, kind, place, flip) => {
        const sealed = await seal(frame, kind);
        const at = place % sealed.length;
        sealed[at] = (sealed[at] ?? 0) ^ flip;
        // Whichever key it names now, it is this one.
        expect(await openFrame(sealed, kind, (index) => (index === 0 ? [key] : []))).toBeUndefined();
      }),
    );
    const picture = new Uint8Array(300).fill(0x10);
    for (let at = 0; at < 10; at += 1) {
      const sealed = await seal(picture, 'video');
      sealed[at] = (sealed[at] ?? 0) ^ 0x20;
      expect(await openFrame(sealed, 'video', () => [key])).toBeUndefined();
    }
  });

  test('stays shut when it was cut short anywhere', async () => {
    await assert(
      asyncProperty(frames, kinds, nat(), async (frame, kind, length) => {
        const sealed = await seal(frame, kind);
        const cut = sealed.slice(0, length % sealed.length);
        expect(await openFrame(cut, kind, () => [key])).toBeUndefined();
      }),
    );
  });

  test('that nobody encrypted stays shut, whatever it is', async () => {
    await assert(
      asyncProperty(frames, kinds, async (frame, kind) => {
        expect(await openFrame(frame, kind, () => [key])).toBeUndefined();
      }),
    );
  });

  test('of sound does not pass for a picture, nor the other way round', async () => {
    await assert(
      asyncProperty(uint8Array({ minLength: 1, maxLength: 300 }), kinds, async (bytes, kind) => {
        const sealed = await seal(new Uint8Array(bytes), kind);
        const other = kind === 'audio' ? 'video' : 'audio';
        expect(await openFrame(sealed, other, () => [key])).toBeUndefined();
      }),
    );
  });
});

/** How many bytes from the first on go as they are. By chance one more may look like it, so each is tried thrice. */
const clearBytes = async (frame: Bytes, kind: 'audio' | 'video') => {
  const sealed = await Promise.all([seal(frame, kind), seal(frame, kind), seal(frame, kind)]);
  return Math.min(...sealed.map((one) => one.findIndex((byte, at) => byte !== frame[at])));
};

describe('what stays clear', () => {
  test('is 10 bytes of a key frame of VP8, 3 of another, nothing of Opus', async () => {
    const deltaFrame = new Uint8Array(200).fill(1, 0, 1);
    expect(await clearBytes(new Uint8Array(200), 'video')).toBe(10);
    expect(await clearBytes(deltaFrame, 'video')).toBe(3);
    expect(await clearBytes(new Uint8Array(200), 'audio')).toBe(0);
  });

  test('is not the rest: of many equal bytes hardly any goes as it was', async () => {
    const frame = new Uint8Array(4096);
    for (const kind of ['audio', 'video'] as const) {
      const sealed = await seal(frame, kind);
      expect(sealed.subarray(10, frame.length).filter((byte) => byte === 0).length).toBeLessThan(100);
    }
  });

  test('what is added is the tag, the IV and the index of the key', () => {
    expect(overheadBytes).toBe(16 + 12 + 1);
  });
});
