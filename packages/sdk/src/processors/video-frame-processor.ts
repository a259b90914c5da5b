import { createLogs, withDeadline } from '@parley-rtc/client';
import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import type { TrackProcessor } from '../publishing/track-processor.ts';
import { processorTimeoutMs } from '../waiting/recovery-policy.ts';

/**
 * Draws one video frame onto the canvas of `context`; the result is sent. `frame` and the canvas are `width` × `height`
 * pixels. Use `frame` only until the returned promise resolves.
 */
export type DrawFrame = (
  context: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D,
  frame: CanvasImageSource,
  size: { readonly width: number; readonly height: number },
) => void | Promise<void>;

/** Chromium's frame streams, which TypeScript does not know yet. @see https://www.w3.org/TR/mediacapture-transform/ */
interface FrameStreams {
  readonly MediaStreamTrackProcessor?: new (init: { track: MediaStreamTrack }) => {
    readonly readable: ReadableStream<VideoFrame>;
  };
  readonly MediaStreamTrackGenerator?: new (init: { kind: 'video' }) => MediaStreamTrack & {
    readonly writable: WritableStream<VideoFrame>;
  };
}

/**
 * Creates a processor that redraws every frame of a camera, for `published.setProcessor('video', …)`. It uses frame
 * streams where the browser has them, which also work in a hidden tab; otherwise it uses a canvas.
 *
 * `setProcessor` rejects with an error that `draw` throws for the first frame, or with UnsupportedBrowserError
 * (`ERR_UNSUPPORTED_BROWSER`). A later error, or a frame that takes more than 30 s, ends the processed track: the event `error`
 * reports `ERR_TRACK_ENDED`.
 */
export function videoFrameProcessor(draw: DrawFrame): TrackProcessor {
  return {
    process: (track, signal) => {
      const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = globalThis as FrameStreams;
      return MediaStreamTrackProcessor && MediaStreamTrackGenerator
        ? throughFrames(
            new MediaStreamTrackProcessor({ track }).readable,
            new MediaStreamTrackGenerator({ kind: 'video' }),
            draw,
            signal,
          )
        : throughCanvas(track, draw, signal);
    },
  };
}

async function throughFrames(
  frames: ReadableStream<VideoFrame>,
  output: MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> },
  draw: DrawFrame,
  signal: AbortSignal,
): Promise<MediaStreamTrack> {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d');
  if (!context) throw new UnsupportedBrowserError('OffscreenCanvas');
  /** Aborts at the first frame. */
  const first = new AbortController();
  const painter = new TransformStream<VideoFrame, VideoFrame>({
    async transform(frame, controller) {
      try {
        const { displayWidth: width, displayHeight: height, timestamp } = frame;
        // Setting a size clears the canvas and is slow, so do it only when the size changes.
        if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
        await withinDeadline(() => draw(context, frame, { width, height }));
        controller.enqueue(new VideoFrame(canvas, { timestamp }));
        first.abort();
      } finally {
        frame.close();
      }
    },
  });
  // Ends when `signal` aborts, the camera's track ends, or `draw` throws.
  const flow = frames.pipeThrough(painter, { signal }).pipeTo(output.writable, { signal });
  const ended = flow.finally(() => output.stop());
  ended.catch((error: unknown) => {
    if (!signal.aborted) logDrawError(error);
  });
  await Promise.race([ended, once(first.signal)]);
  return output;
}

/** Ends a drawing that never does: the processor then ends its track, which is noticed, instead of freezing the picture. */
function withinDeadline(draw: () => void | Promise<void>): Promise<void> {
  return withDeadline({ operation: 'draw', timeoutMs: processorTimeoutMs }, async () => draw());
}

function logDrawError(error: unknown): void {
  createLogs()('processor')('error', 'drawing failed', {}, error);
}

function once(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve());
  });
}

async function throughCanvas(
  track: MediaStreamTrack,
  draw: DrawFrame,
  signal: AbortSignal,
): Promise<MediaStreamTrack> {
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  video.srcObject = new MediaStream([track]);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) throw new UnsupportedBrowserError('canvas');
  await video.play();
  const paint = async () => {
    const { videoWidth: width, videoHeight: height } = video;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    await withinDeadline(() => draw(context, video, { width, height }));
  };
  await paint();
  const [output] = canvas.captureStream().getVideoTracks();
  if (!output) throw new UnsupportedBrowserError('captureStream');
  const stop = () => {
    output.stop();
    video.srcObject = null;
  };
  const next = async () => {
    if (signal.aborted) return;
    try {
      await paint();
      video.requestVideoFrameCallback(() => void next());
    } catch (error) {
      logDrawError(error);
      // Freeze the video rather than show what `draw` was meant to hide.
      stop();
    }
  };
  signal.addEventListener('abort', stop);
  video.requestVideoFrameCallback(() => void next());
  return output;
}
