import type { TrackKind } from '../media/published-stream.ts';
import { DecryptionJudge } from './decryption-judge.ts';
import { openFrame, sealFrame } from './frame-format.ts';
import { IvSource } from './iv-source.ts';
import type { KeyRing } from './key-ring.ts';

/** An encoded frame as browsers hand it out. */
export interface EncodedFrame {
  data: ArrayBuffer;
  /** Of pictures only. */
  readonly type?: 'key' | 'delta' | 'empty';
}

type FrameTransformer = Transformer<EncodedFrame, EncodedFrame>;

/** Encrypts what one sender sends. What cannot be encrypted, as before there is a key, is not sent. */
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
      // The pictures that follow refer to those that were not sent.
      if (hasDropped) askForKeyFrame();
      hasDropped = false;
    },
  };
}

/** Decrypts what one receiver gets. What cannot be decrypted is not played. */
export function opening(
  kind: TrackKind,
  keys: KeyRing,
  tell: (isDecrypted: boolean) => void,
  askForKeyFrame: () => void,
  clock: () => number = () => performance.now(),
): FrameTransformer {
  const judge = new DecryptionJudge();
  let hasDropped = false;
  return {
    async transform(frame, controller) {
      const opened = await openFrame(new Uint8Array(frame.data), kind, (index) => keys.at(index));
      const verdict = judge.onFrame(opened !== undefined, clock());
      if (verdict !== undefined) tell(verdict);
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
