import { beforeEach, describe, expect, it } from 'vitest';
import { deriveKey, importSecret } from './derive-key.ts';
import { opening, sealing, type EncodedFrame } from './frame-pipes.ts';
import { KeyRing } from './key-ring.ts';

let keys: KeyRing;
let theirs: KeyRing;
let reports: boolean[];
let asked: string[];

beforeEach(() => {
  keys = new KeyRing();
  theirs = new KeyRing();
  reports = [];
  asked = [];
});

const frameOf = (text: string, type: 'key' | 'delta' = 'delta'): EncodedFrame => ({
  data: new TextEncoder().encode(text).buffer,
  type,
});
const textOf = ({ data }: EncodedFrame) => new TextDecoder().decode(data);
const setKey = async (ring: KeyRing, seed: number, index = 0) =>
  ring.add(
    { key: await deriveKey(await importSecret(new Uint8Array(16).fill(seed)), 'salt'), index },
    { keepFormer: true },
  );

/** Feeds frames into a transformer one by one and collects its output. */
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
      (isDecrypted) => reports.push(isDecrypted),
      () => asked.push('of the sender'),
      nowMs,
    ),
  );

describe('sending', () => {
  it('sends nothing before there is a key, then starts with a key frame', async () => {
    const { put, out } = sending();
    await put(frameOf('in the clear'));
    expect(out).toEqual([]);
    await setKey(keys, 1);
    await put(frameOf('secret one'));
    await put(frameOf('secret two'));
    expect(out).toHaveLength(2);
    expect(asked).toEqual(['of the encoder']);
  });

  it('never uses an IV twice, whichever keys are set in between', async () => {
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
  it('plays frames encrypted with any of its keys, in order', async () => {
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
    expect(reports).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('drops frames that are plain or under another key, reports that once, then requests a key frame', async () => {
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
    expect(reports).toEqual([false]);
    await setKey(theirs, 1);
    await receiver.put(second);
    await receiver.put(third);
    expect(receiver.out.map(textOf)).toEqual(['under key 1', 'under key 1']);
    expect(reports).toEqual([false, true]);
    expect(asked).toEqual(['of the sender']);
    // After a key frame there is no need to request one.
    await receiver.put(frameOf('in the clear'));
    await receiver.put(fourth);
    expect(asked).toEqual(['of the sender']);
  });
});
