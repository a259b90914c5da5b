import { AbortedError, type ParleyError } from '@parley-rtc/client';

/** The first video frame of a view, or its first audio when it has no video. */
export interface FirstFrame {
  readonly kind: 'video' | 'audio';
  /** Milliseconds since `viewStream()` was called. */
  readonly elapsedMs: number;
}

/** A promise for the first frame, and the functions that settle it. */
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
  // Most apps never use it, so a rejection must not count as unhandled.
  promise.catch(() => {});
  const abort = () => settle?.reject(new AbortedError('firstFrame', { cause: signal?.reason }));
  signal?.addEventListener('abort', abort);
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
