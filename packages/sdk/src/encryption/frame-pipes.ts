import type { TrackKind } from '../stream-kinds.ts';
import { DecryptionJudge } from './decryption-judge.ts';
import { openFrame, sealFrame } from './frame-format.ts';
import { IvSource } from './iv-source.ts';
import type { KeyRing } from './key-ring.ts';

/** An encoded frame, as browsers provide it. */
export interface EncodedFrame {
  data: ArrayBuffer;
  /** Set for video only. */
  readonly type?: 'key' | 'delta' | 'empty';
}

type FrameTransformer = Transformer<EncodedFrame, EncodedFrame>;

/** Encrypts the frames of one sender. Drops frames while there is no key. */
export function sealing(kind: TrackKind, keys: KeyRing, askForKeyFrame: () => void): FrameTransformer {
  const ivs = new IvSource();
  let hasDropped = false;
  return {
    async transform(frame, controller) {
      const { current } = keys;
      if (!current) {
        hasDropped = true;
        return;
      }
      const sealed = await sealFrame(new Uint8Array(frame.data), kind, current, ivs.next());
      frame.data = sealed.buffer;
      controller.enqueue(frame);
      // The next frames refer to those that were dropped.
      if (hasDropped) askForKeyFrame();
      hasDropped = false;
    },
  };
}

/** Decrypts the frames of one receiver. Drops frames that cannot be decrypted. */
export function opening(
  kind: TrackKind,
  keys: KeyRing,
  report: (isDecrypted: boolean) => void,
  askForKeyFrame: () => void,
  clock: () => number = () => performance.now(),
): FrameTransformer {
  const judge = new DecryptionJudge();
  let hasDropped = false;
  return {
    async transform(frame, controller) {
      const opened = await openFrame(new Uint8Array(frame.data), kind, (index) => keys.at(index));
      const verdict = judge.onFrame(opened !== undefined, clock());
      if (verdict !== undefined) report(verdict);
      if (!opened) {
        hasDropped = true;
        return;
      }
      frame.data = opened.buffer;
      controller.enqueue(frame);
      if (hasDropped && frame.type === 'delta') askForKeyFrame();
      hasDropped = false;
    },
  };
}
