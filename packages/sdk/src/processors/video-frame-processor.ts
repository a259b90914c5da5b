import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import type { TrackProcessor } from '../media/track-processor.ts';

/**
 * Draws one picture: what is on `canvas` afterwards is sent. `picture` is `width` × `height` pixels, as is the canvas,
 * and may be used until the returned promise resolves.
 */
export type DrawFrame = (
  context: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D,
  picture: CanvasImageSource,
  size: { readonly width: number; readonly height: number },
) => void | Promise<void>;

/** Chromium's streams of frames, which TypeScript does not know yet. @see https://www.w3.org/TR/mediacapture-transform/ */
interface FrameStreams {
  readonly MediaStreamTrackProcessor?: new (init: { track: MediaStreamTrack }) => {
    readonly readable: ReadableStream<VideoFrame>;
  };
  readonly MediaStreamTrackGenerator?: new (init: { kind: 'video' }) => MediaStreamTrack & {
    readonly writable: WritableStream<VideoFrame>;
  };
}

/**
 * A processor that draws every picture of a camera anew, for `published.setProcessor('video', …)`: with streams of
 * frames where the browser has them, which also work in a tab that is hidden, else by way of a canvas.
 *
 * @throws what `draw` throws before the first picture is out; UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`).
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
  /** Aborts at the first picture. */
  const first = new AbortController();
  const painter = new TransformStream<VideoFrame, VideoFrame>({
    async transform(frame, controller) {
      try {
        const { displayWidth: width, displayHeight: height, timestamp } = frame;
        // Setting a size clears the canvas and costs, so only when it changes.
        if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
        await draw(context, frame, { width, height });
        controller.enqueue(new VideoFrame(canvas, { timestamp }));
        first.abort();
      } finally {
        frame.close();
      }
    },
  });
  // Ends by the abort, by the end of the camera's track, or by what `draw` throws.
  const flow = frames.pipeThrough(painter, { signal }).pipeTo(output.writable, { signal });
  const ended = flow.finally(() => output.stop());
  await Promise.race([ended, once(first.signal)]);
  return output;
}

function once(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
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
    await draw(context, video, { width, height });
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
    } catch {
      // The picture stands still rather than showing what was to be hidden.
      stop();
    }
  };
  signal.addEventListener('abort', stop, { once: true });
  video.requestVideoFrameCallback(() => void next());
  return output;
}
