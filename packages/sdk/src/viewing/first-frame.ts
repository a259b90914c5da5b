import { AbortedError, type ParleyError } from '@parley-rtc/client';

/** The first picture of a view, or its first sound when it has no video. */
export interface FirstFrame {
  readonly kind: 'video' | 'audio';
  /** Milliseconds since `viewStream()` was called. */
  readonly elapsedMs: number;
}

/** A promise of the first frame, and who settles it. */
export interface FirstFrameWait {
  readonly promise: Promise<FirstFrame>;
  readonly resolve: (frame: FirstFrame) => void;
  readonly reject: (error: ParleyError) => void;
}

export function awaitFirstFrame(signal: AbortSignal | undefined): FirstFrameWait {
  let settle: Pick<FirstFrameWait, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<FirstFrame>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Most apps never look at it.
  promise.catch(() => {});
  const abort = () => settle?.reject(new AbortedError('firstFrame', { cause: signal?.reason }));
  signal?.addEventListener('abort', abort, { once: true });
  const stop = () => signal?.removeEventListener('abort', abort);
  return {
    promise,
    resolve: (frame) => {
      stop();
      settle?.resolve(frame);
    },
    reject: (error) => {
      stop();
      settle?.reject(error);
    },
  };
}
