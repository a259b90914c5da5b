import { beforeEach, describe, expect, test } from 'vitest';
import { deriveKey } from './derive-key.ts';
import { type EncodedFrame, opening, sealing } from './frame-pipes.ts';
import { KeyRing } from './key-ring.ts';

let keys: KeyRing;
let theirs: KeyRing;
let told: boolean[];
let asked: string[];

beforeEach(() => {
  keys = new KeyRing();
  theirs = new KeyRing();
  told = [];
  asked = [];
});

const frameOf = (text: string, type: 'key' | 'delta' = 'delta'): EncodedFrame => ({
  data: new TextEncoder().encode(text).buffer,
  type,
});
const textOf = ({ data }: EncodedFrame) => new TextDecoder().decode(data);
const setKey = async (ring: KeyRing, seed: number, index = 0) =>
  ring.add({ key: await deriveKey(new Uint8Array(16).fill(seed)), index }, { keepFormer: true });

/** Puts frames in and takes out what comes, one after the other. */
function pump(transformer: Transformer<EncodedFrame, EncodedFrame>): {
  put: (frame: EncodedFrame) => Promise<void>;
  out: EncodedFrame[];
} {
  const { readable, writable } = new TransformStream(transformer);
  const out: EncodedFrame[] = [];
  void readable.pipeTo(new WritableStream({ write: (frame) => void out.push(frame) }));
  const writer = writable.getWriter();
  return { put: (frame) => writer.write(frame), out };
}

const sending = () => pump(sealing('video', keys, () => asked.push('of the encoder')));
const receiving = (nowMs = () => 0) =>
  pump(
    opening(
      'video',
      theirs,
      (isDecrypted) => told.push(isDecrypted),
      () => asked.push('of the sender'),
      nowMs,
    ),
  );

describe('sending', () => {
  test('sends nothing before there is a key, and begins with a key frame then', async () => {
    const { put, out } = sending();
    await put(frameOf('in the clear'));
    expect(out).toEqual([]);
    await setKey(keys, 1);
    await put(frameOf('secret one'));
    await put(frameOf('secret two'));
    expect(out).toHaveLength(2);
    expect(asked).toEqual(['of the encoder']);
  });

  test('never uses an IV twice, whichever keys are set on the way', async () => {
    const pipes = [sending(), sending()];
    for (const seed of [1, 2, 1]) {
      await setKey(keys, seed);
      for (const { put } of pipes) for (let sent = 0; sent < 20; sent += 1) await put(frameOf('the same'));
    }
    const ivs = pipes.flatMap(({ out }) =>
      out.map(({ data }) => [...new Uint8Array(data).slice(-13, -1)].join()),
    );
    expect(ivs).toHaveLength(120);
    expect(new Set(ivs).size).toBe(120);
  });
});

describe('receiving', () => {
  test('plays what was encrypted with any of the keys that it has, in order', async () => {
    const sender = sending();
    const receiver = receiving();
    for (const [seed, index] of [
      [1, 0],
      [2, 0],
      [3, 255],
    ] as const) {
      await setKey(keys, seed, index);
      await setKey(theirs, seed, index);
      await sender.put(frameOf(`frame under key ${seed}`));
    }
    for (const frame of sender.out) await receiver.put(frame);
    expect(receiver.out.map(textOf)).toEqual(['frame under key 1', 'frame under key 2', 'frame under key 3']);
    expect(told).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('plays nothing that is plain or under another key, tells it once, and asks for a key frame afterwards', async () => {
    let nowMs = 0;
    await setKey(keys, 1);
    await setKey(theirs, 2);
    const sender = sending();
    const receiver = receiving(() => nowMs);
    for (let sent = 0; sent < 4; sent += 1)
      await sender.put(frameOf('under key 1', sent < 3 ? 'delta' : 'key'));
    const [first, second, third, fourth] = sender.out;
    if (!first || !second || !third || !fourth) throw new Error('Frames are missing.');
    await receiver.put(frameOf('in the clear'));
    await receiver.put(frameOf('in the clear, and longer than what encryption adds to a frame'));
    nowMs = 1000;
    await receiver.put(first);
    expect(receiver.out).toEqual([]);
    expect(told).toEqual([false]);
    await setKey(theirs, 1);
    await receiver.put(second);
    await receiver.put(third);
    expect(receiver.out.map(textOf)).toEqual(['under key 1', 'under key 1']);
    expect(told).toEqual([false, true]);
    expect(asked).toEqual(['of the sender']);
    // A key frame is what would be asked for.
    await receiver.put(frameOf('in the clear'));
    await receiver.put(fourth);
    expect(asked).toEqual(['of the sender']);
  });
});
