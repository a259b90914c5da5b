import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aTrack, FakeMediaStream } from '../../../testing/src/browser/fake-media.ts';
import { videoFrameProcessor, type DrawFrame } from './video-frame-processor.ts';

beforeEach(() => {
  vi.useFakeTimers();
  FakeFrame.open = 0;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const start: Camera['start'] = (draw) =>
  Promise.resolve(videoFrameProcessor(draw).process(aTrack('video'), new AbortController().signal));

const flush = () => vi.advanceTimersByTimeAsync(0);

/** A camera whose frames a test sends, and the track that the processor makes of them. */
interface Camera {
  readonly send: () => Promise<void>;
  readonly start: (draw: DrawFrame) => Promise<MediaStreamTrack>;
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
  let source: ReadableStreamDefaultController<unknown> | undefined;
  const readable = new ReadableStream({
    start: (controller) => void (source = controller),
    cancel: () => void (source = undefined),
  });
  const writable = new WritableStream<FakeFrame>({
    write: (frame) => frame.close(),
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
    send: async () => {
      source?.enqueue(new FakeFrame({ width: 1280 }));
      await flush();
    },
    start,
  };
}

/** A browser without, like Firefox. */
function withCanvas(): Camera {
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
    send: async () => {
      const frame = onFrame;
      onFrame = undefined;
      frame?.();
      await flush();
    },
    start,
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
  async function started(draw: DrawFrame): Promise<MediaStreamTrack> {
    const starting = camera.start(draw);
    await camera.send();
    return await starting;
  }

  it('ends its track when a later drawing takes longer than 30 s', async () => {
    let frames = 0;
    const output = await started(async () => {
      frames += 1;
      if (frames > 1) await new Promise<void>(() => {});
    });
    await camera.send();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(output.readyState).toBe('live');
    await vi.advanceTimersByTimeAsync(1);
    expect(output.readyState).toBe('ended');
    expect(FakeFrame.open).toBe(0);
  });
});
