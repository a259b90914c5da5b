import { assert, asyncProperty, constantFrom, integer, nat, uint8Array } from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFrame, overheadBytes, sealFrame, type Bytes } from './frame-format.ts';
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
  it('decrypts to what was encrypted, and is 29 bytes longer in between', async () => {
    await assert(
      asyncProperty(frames, kinds, integer({ min: 0, max: 255 }), async (frame, kind, index) => {
        const sealed = await seal(frame, kind, index);
        expect(sealed).toHaveLength(frame.length + 29);
        expect(await openFrame(sealed, kind, (named) => (named === index ? [key] : []))).toEqual(frame);
      }),
    );
  });

  it('does not decrypt with another key, but with the right one among several', async () => {
    await assert(
      asyncProperty(frames, kinds, async (frame, kind) => {
        const sealed = await seal(frame, kind);
        expect(await openFrame(sealed, kind, () => [otherKey])).toBeUndefined();
        expect(await openFrame(sealed, kind, () => [otherKey, key])).toEqual(frame);
      }),
    );
  });

  it('does not decrypt when any byte was changed, including the clear header', async () => {
    await assert(
      asyncProperty(frames, kinds, nat(), integer({ min: 1, max: 255 }), async (frame, kind, place, flip) => {
        const sealed = await seal(frame, kind);
        const at = place % sealed.length;
        sealed[at] = (sealed[at] ?? 0) ^ flip;
        // The flip may have changed the key index; only index 0 has a key.
        expect(await openFrame(sealed, kind, (index) => (index === 0 ? [key] : []))).toBeUndefined();
      }),
    );
    const frame = new Uint8Array(300).fill(0x10);
    for (let at = 0; at < 10; at += 1) {
      const sealed = await seal(frame, 'video');
      sealed[at] = (sealed[at] ?? 0) ^ 0x20;
      expect(await openFrame(sealed, 'video', () => [key])).toBeUndefined();
    }
  });

  it('does not decrypt when it was truncated anywhere', async () => {
    await assert(
      asyncProperty(frames, kinds, nat(), async (frame, kind, length) => {
        const sealed = await seal(frame, kind);
        const cut = sealed.slice(0, length % sealed.length);
        expect(await openFrame(cut, kind, () => [key])).toBeUndefined();
      }),
    );
  });

  it('does not decrypt when it was never encrypted', async () => {
    await assert(
      asyncProperty(frames, kinds, async (frame, kind) => {
        expect(await openFrame(frame, kind, () => [key])).toBeUndefined();
      }),
    );
  });

  it('of audio does not decrypt as video, nor the reverse', async () => {
    await assert(
      asyncProperty(uint8Array({ minLength: 1, maxLength: 300 }), kinds, async (bytes, kind) => {
        const sealed = await seal(new Uint8Array(bytes), kind);
        const other = kind === 'audio' ? 'video' : 'audio';
        expect(await openFrame(sealed, other, () => [key])).toBeUndefined();
      }),
    );
  });
});

/** Counts the leading bytes that stay clear. One more may match by chance, so each frame is sealed three times. */
const clearBytes = async (frame: Bytes, kind: 'audio' | 'video') => {
  const sealed = await Promise.all([seal(frame, kind), seal(frame, kind), seal(frame, kind)]);
  return Math.min(...sealed.map((one) => one.findIndex((byte, at) => byte !== frame[at])));
};

describe('the clear header', () => {
  it('is 10 bytes of a VP8 key frame, 3 of a VP8 delta frame, and none of Opus', async () => {
    const deltaFrame = new Uint8Array(200).fill(1, 0, 1);
    expect(await clearBytes(new Uint8Array(200), 'video')).toBe(10);
    expect(await clearBytes(deltaFrame, 'video')).toBe(3);
    expect(await clearBytes(new Uint8Array(200), 'audio')).toBe(0);
  });

  it('is all that stays clear: of many equal bytes hardly any is unchanged', async () => {
    const frame = new Uint8Array(4096);
    for (const kind of ['audio', 'video'] as const) {
      const sealed = await seal(frame, kind);
      expect(sealed.subarray(10, frame.length).filter((byte) => byte === 0).length).toBeLessThan(100);
    }
  });

  it('is followed by a tag, an IV and the key index as the only overhead', () => {
    expect(overheadBytes).toBe(16 + 12 + 1);
  });
});
