import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aTrack, FakeMediaStream } from '../testing/fake-media.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { videoFrameProcessor, type DrawFrame } from './video-frame-processor.ts';

beforeEach(() => {
  vi.useFakeTimers();
  FakeFrame.open = 0;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const flush = () => vi.advanceTimersByTimeAsync(0);

/** A camera whose frames a test sends, and the track that the processor makes of them. */
interface Camera {
  readonly send: (width?: number) => Promise<void>;
  /** Widths of the frames that were sent on. */
  readonly passed: readonly number[];
  readonly start: (draw: DrawFrame, signal?: AbortSignal) => Promise<MediaStreamTrack>;
}

class FakeFrame {
  static open = 0;
  readonly displayHeight = 720;
  readonly displayWidth: number;
  readonly timestamp = 0;
  constructor({ width }: { readonly width: number }) {
    FakeFrame.open += 1;
    this.displayWidth = width;
  }
  close(): void {
    FakeFrame.open -= 1;
  }
}

/** A browser with frame streams, like Chromium. */
function withFrameStreams(): Camera {
  const passed: number[] = [];
  let source: ReadableStreamDefaultController<unknown> | undefined;
  const readable = new ReadableStream({
    start: (controller) => void (source = controller),
    cancel: () => void (source = undefined),
  });
  const writable = new WritableStream<FakeFrame>({
    write: (frame) => {
      passed.push(frame.displayWidth);
      frame.close();
    },
  });
  vi.stubGlobal('VideoFrame', FakeFrame);
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      width = 1;
      height = 1;
      getContext = () => ({});
    },
  );
  vi.stubGlobal('MediaStreamTrackProcessor', function Processor() {
    return { readable };
  });
  vi.stubGlobal('MediaStreamTrackGenerator', function Generator() {
    return Object.assign(aTrack('video'), { writable });
  });
  return {
    passed,
    send: async (width = 1280) => {
      if (source) source.enqueue(new FakeFrame({ width }));
      await flush();
    },
    start: (draw, signal = new AbortController().signal) =>
      Promise.resolve(videoFrameProcessor(draw).process(aTrack('video'), signal)),
  };
}

/** A browser without, like Firefox. */
function withCanvas(): Camera {
  const passed: number[] = [];
  const size = { videoWidth: 1280, videoHeight: 720 };
  let onFrame: (() => void) | undefined;
  const canvas = {
    width: 0,
    height: 0,
    getContext: () => ({}),
    captureStream: () => ({ getVideoTracks: () => [aTrack('video')] }),
  };
  const video = Object.assign(size, {
    srcObject: null,
    play: () => Promise.resolve(),
    requestVideoFrameCallback: (callback: () => void) => void (onFrame = callback),
  });
  vi.stubGlobal('document', { createElement: (name: string) => (name === 'video' ? video : canvas) });
  vi.stubGlobal('MediaStream', FakeMediaStream);
  return {
    passed,
    send: async (width = 1280) => {
      size.videoWidth = width;
      const frame = onFrame;
      onFrame = undefined;
      frame?.();
      await flush();
    },
    start: (draw, signal = new AbortController().signal) => {
      const drawAndCount: DrawFrame = async (...frame) => {
        await draw(...frame);
        passed.push(canvas.width);
      };
      return Promise.resolve(videoFrameProcessor(drawAndCount).process(aTrack('video'), signal));
    },
  };
}

describe.each([
  ['frame streams', withFrameStreams],
  ['a canvas', withCanvas],
])('a processor that uses %s', (_way, open) => {
  let camera: Camera;
  beforeEach(() => {
    camera = open();
  });

  /** Starts, and lets the first frame through. */
  async function started(draw: DrawFrame, signal?: AbortSignal): Promise<MediaStreamTrack> {
    const starting = camera.start(draw, signal);
    await camera.send();
    return await starting;
  }

  it('draws every frame in its size', async () => {
    const sizes: string[] = [];
    const output = await started((_context, _frame, { width, height }) => {
      sizes.push(`${width}x${height}`);
    });
    await camera.send(640);
    expect(sizes.slice(-2)).toEqual(['1280x720', '640x720']);
    expect(camera.passed.slice(-1)).toEqual([640]);
    expect(output.readyState).toBe('live');
    expect(FakeFrame.open).toBe(0);
  });

  it('rejects with the error of the first drawing', async () => {
    const error = new Error('no model');
    const rejection = rejectionOf(
      camera.start(() => {
        throw error;
      }),
    );
    await camera.send();
    expect(await rejection).toBe(error);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('lost'))],
    ['never ends', () => new Promise<void>(() => {})],
  ])('ends its track when a later drawing %s', async (_what, fail) => {
    let frames = 0;
    const output = await started(async () => {
      frames += 1;
      if (frames > 1) await fail();
    });
    await camera.send();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(output.readyState).toBe('ended');
    expect(FakeFrame.open).toBe(0);
  });

  it('ends its track when it is no longer wanted, and draws nothing more', async () => {
    const unwanted = new AbortController();
    const draw = vi.fn<DrawFrame>();
    const output = await started(draw, unwanted.signal);
    unwanted.abort();
    await flush();
    await camera.send();
    expect(output.readyState).toBe('ended');
    expect(draw).toHaveBeenCalledTimes(camera.passed.length);
  });
});
