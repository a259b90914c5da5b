import { setLogLevel, setLogSink, type LogRecord } from '@parley-rtc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMediaStream, FakeTrack, fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { videoFrameProcessor, type DrawFrame } from './video-frame-processor.ts';

/** A canvas that counts how often its size is set, because that clears it. */
class FakeCanvas {
  resizes = 0;
  readonly context = { of: 'canvas' };
  readonly tracks = capturesTracks ? [new FakeTrack('video')] : [];
  height: number;
  #width: number;

  constructor(width = 300, height = 150) {
    this.#width = width;
    this.height = height;
    canvases.push(this);
  }

  get width(): number {
    return this.#width;
  }

  set width(width: number) {
    this.resizes += 1;
    this.#width = width;
  }

  getContext = (kind: string) => (kind === '2d' && hasContext ? this.context : null);
  captureStream = () => ({ getVideoTracks: () => this.tracks });
}

class FakeFrame {
  isClosed = false;
  readonly displayWidth: number;
  readonly displayHeight: number;
  readonly timestamp: number;

  constructor(displayWidth: number, displayHeight: number, timestamp: number) {
    this.displayWidth = displayWidth;
    this.displayHeight = displayHeight;
    this.timestamp = timestamp;
  }

  close(): void {
    this.isClosed = true;
  }
}

let canvases: FakeCanvas[];
let hasContext: boolean;
let capturesTracks: boolean;
let records: LogRecord[];
let abort: AbortController;
/** What `draw` received. */
let drawn: unknown[];
/** `draw` throws while it is set. */
let bug: Error | undefined;

const camera = new FakeTrack('video') as unknown as MediaStreamTrack;
const draw: DrawFrame = async (context, frame, size) => {
  drawn.push([context, frame, size]);
  if (bug) throw bug;
};
const process = () => videoFrameProcessor(draw).process(camera, abort.signal);
const turn = () => new Promise(setImmediate);

beforeEach(() => {
  canvases = [];
  hasContext = true;
  capturesTracks = true;
  records = [];
  abort = new AbortController();
  drawn = [];
  bug = undefined;
  vi.stubGlobal('MediaStream', FakeMediaStream);
  setLogLevel('error');
  setLogSink((record) => void records.push(record));
});

afterEach(() => {
  setLogLevel('silent');
  setLogSink(undefined);
  vi.unstubAllGlobals();
});

describe('with frame streams', () => {
  let frames: ReadableStreamDefaultController<FakeFrame>;
  let source: unknown;
  /** The canvas and the timestamp of each frame that is sent. */
  let sent: unknown[];
  let generated: FakeTrack;

  beforeEach(() => {
    sent = [];
    vi.stubGlobal('OffscreenCanvas', FakeCanvas);
    vi.stubGlobal('VideoFrame', function VideoFrame(canvas: FakeCanvas, init: object) {
      return { canvas, ...init };
    });
    vi.stubGlobal('MediaStreamTrackProcessor', function Processor({ track }: { track: unknown }) {
      source = track;
      return {
        readable: new ReadableStream<FakeFrame>({ start: (controller) => void (frames = controller) }),
      };
    });
    vi.stubGlobal('MediaStreamTrackGenerator', function Generator({ kind }: { kind: 'video' }) {
      generated = new FakeTrack(kind);
      return Object.assign(generated, {
        writable: new WritableStream({ write: (frame) => void sent.push(frame) }),
      });
    });
  });

  it('redraws every frame with its time, and resolves with the first', async () => {
    const onReady = vi.fn<(track: unknown) => void>();
    void process().then(onReady);
    await turn();
    expect(onReady).not.toHaveBeenCalled();
    const shown = [new FakeFrame(640, 360, 10), new FakeFrame(640, 360, 20), new FakeFrame(640, 480, 30)];
    for (const frame of shown) frames.enqueue(frame);
    await turn();
    expect(onReady).toHaveBeenCalledWith(generated);
    expect(generated.kind).toBe('video');
    expect(source).toBe(camera);
    const [canvas] = canvases;
    expect(drawn).toEqual([
      [canvas?.context, shown[0], { width: 640, height: 360 }],
      [canvas?.context, shown[1], { width: 640, height: 360 }],
      [canvas?.context, shown[2], { width: 640, height: 480 }],
    ]);
    expect(sent).toEqual([10, 20, 30].map((timestamp) => ({ canvas, timestamp })));
    expect(canvas).toMatchObject({ width: 640, height: 480, resizes: 2 });
    expect(shown.map(({ isClosed }) => isClosed)).toEqual([true, true, true]);
  });

  it('rejects with what drawing the first frame throws, closes the frame and stops', async () => {
    bug = new Error('no model');
    const failure = rejectionOf(process());
    const frame = new FakeFrame(640, 360, 10);
    frames.enqueue(frame);
    expect(await failure).toBe(bug);
    expect(frame.isClosed).toBe(true);
    expect(generated.readyState).toBe('ended');
    expect(sent).toEqual([]);
  });

  it('ends its track and logs the error when drawing fails later', async () => {
    const processing = process();
    frames.enqueue(new FakeFrame(640, 360, 10));
    await processing;
    bug = new Error('out of memory');
    frames.enqueue(new FakeFrame(640, 360, 20));
    await turn();
    expect(generated.readyState).toBe('ended');
    expect(records).toMatchObject([{ level: 'error', part: 'processor', message: 'drawing failed' }]);
  });

  it.each([
    ['its signal aborts', () => abort.abort()],
    ['the camera ends', () => frames.close()],
  ])('ends its track without an error when %s', async (_when, end) => {
    const processing = process();
    frames.enqueue(new FakeFrame(640, 360, 10));
    await processing;
    expect(generated.readyState).toBe('live');
    end();
    await turn();
    expect(generated.readyState).toBe('ended');
    expect(records).toEqual([]);
  });

  it('refuses a browser whose canvas cannot be drawn on', async () => {
    hasContext = false;
    await expect(process()).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_BROWSER' });
  });

  it.each(['MediaStreamTrackProcessor', 'MediaStreamTrackGenerator'])('needs %s', async (name) => {
    vi.stubGlobal(name, undefined);
    vi.stubGlobal('document', {
      createElement: () => {
        throw new Error('uses a canvas instead');
      },
    });
    await expect(process()).rejects.toThrow('uses a canvas instead');
  });
});

describe('with a canvas', () => {
  let video: {
    videoWidth: number;
    videoHeight: number;
    srcObject: MediaStream | null;
    play: () => Promise<void>;
    requestVideoFrameCallback: (callback: () => void) => void;
  };
  /** Calls what waits for the next frame of the camera. */
  let nextFrame: (() => void) | undefined;
  let isPlaying: boolean;

  const showFrame = async () => {
    const callback = nextFrame;
    nextFrame = undefined;
    callback?.();
    await turn();
  };

  beforeEach(() => {
    nextFrame = undefined;
    isPlaying = false;
    video = {
      videoWidth: 640,
      videoHeight: 360,
      srcObject: null,
      play: async () => void (isPlaying = true),
      requestVideoFrameCallback: (callback) => void (nextFrame = callback),
    };
    vi.stubGlobal('document', {
      createElement: (name: string) => (name === 'video' ? video : new FakeCanvas()),
    });
  });

  it('draws the first frame before it resolves, and then each new one', async () => {
    const output = await process();
    const [canvas] = canvases;
    expect(isPlaying).toBe(true);
    expect(video).toMatchObject({ muted: true, playsInline: true });
    expect(video.srcObject && fakeTracks(video.srcObject)).toEqual([camera]);
    expect(output).toBe(canvas?.tracks[0]);
    expect(drawn).toEqual([[canvas?.context, video, { width: 640, height: 360 }]]);
    await showFrame();
    await showFrame();
    expect(drawn).toHaveLength(3);
    expect(canvas).toMatchObject({ width: 640, height: 360, resizes: 1 });
    video.videoHeight = 480;
    await showFrame();
    expect(drawn.at(-1)).toEqual([canvas?.context, video, { width: 640, height: 480 }]);
    expect(canvas).toMatchObject({ width: 640, height: 480, resizes: 2 });
    video.videoWidth = 320;
    await showFrame();
    expect(canvas).toMatchObject({ width: 320, height: 480, resizes: 3 });
  });

  it('rejects with what drawing the first frame throws', async () => {
    bug = new Error('no model');
    await expect(process()).rejects.toBe(bug);
    expect(nextFrame).toBeUndefined();
  });

  it('freezes the video and logs the error when drawing fails later', async () => {
    const output = await process();
    bug = new Error('out of memory');
    await showFrame();
    expect(output.readyState).toBe('ended');
    expect(video.srcObject).toBeNull();
    expect(nextFrame).toBeUndefined();
    expect(records).toMatchObject([{ level: 'error', part: 'processor', message: 'drawing failed' }]);
  });

  it('stops drawing when its signal aborts', async () => {
    const output = await process();
    expect(output.readyState).toBe('live');
    abort.abort();
    expect(output.readyState).toBe('ended');
    expect(video.srcObject).toBeNull();
    await showFrame();
    expect(drawn).toHaveLength(1);
    expect(nextFrame).toBeUndefined();
    expect(records).toEqual([]);
  });

  it('refuses a browser that cannot draw on the canvas, or cannot capture it', async () => {
    hasContext = false;
    await expect(process()).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_BROWSER' });
    hasContext = true;
    capturesTracks = false;
    await expect(process()).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_BROWSER' });
  });
});
