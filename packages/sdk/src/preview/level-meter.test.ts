import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  aMediaStream,
  aTrack,
  FakeMediaStream,
  FakeTrack,
  fakeTracks,
} from '../../../testing/src/browser/fake-media.ts';
import { createLevelMeter, rootMeanSquare } from './level-meter.ts';

/** Copies of tracks, which keep a device open like a browser's. */
const copies: FakeTrack[] = [];

class FakeAudioContext {
  state = 'running';
  createAnalyser = () => ({ fftSize: 0, getFloatTimeDomainData: (_samples: Float32Array): void => {} });
  createMediaStreamSource = (_heard?: MediaStream) => ({ connect: () => {}, disconnect: () => {} });
  close = async (): Promise<void> => void (this.state = 'closed');
}

beforeEach(() => {
  vi.useFakeTimers();
  copies.length = 0;
  vi.stubGlobal('AudioContext', FakeAudioContext);
  vi.stubGlobal('MediaStream', FakeMediaStream);
  Object.assign(FakeTrack.prototype, {
    clone(this: FakeTrack) {
      const copy = new FakeTrack(this.kind);
      copy.enabled = this.enabled;
      copies.push(copy);
      return copy;
    },
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(FakeTrack.prototype, 'clone');
});

const open = () => copies.filter(({ readyState }) => readyState === 'live').length;

it('hears a muted microphone', () => {
  const mediaStream = aMediaStream('audio');
  for (const track of fakeTracks(mediaStream)) track.enabled = false;
  using meter = createLevelMeter(mediaStream, { onLevel: () => {} });
  expect(meter.isRunning).toBe(true);
  expect(copies).toMatchObject([{ enabled: true, readyState: 'live' }]);
});

it('keeps no device open that was stopped or ended', () => {
  const mediaStream = aMediaStream('audio');
  createLevelMeter(mediaStream, { onLevel: () => {} });
  fakeTracks(mediaStream)[0]?.stop();
  vi.advanceTimersByTime(100);
  expect(open()).toBe(0);

  const other = aMediaStream('audio');
  createLevelMeter(other, { onLevel: () => {} });
  fakeTracks(other)[0]?.endByBrowser();
  expect(open()).toBe(0);
});

it('follows the stream to another microphone', () => {
  const mediaStream = aMediaStream('audio');
  const meter = createLevelMeter(mediaStream, { onLevel: () => {} });
  for (const track of mediaStream.getTracks()) mediaStream.removeTrack(track);
  vi.advanceTimersByTime(100);
  expect(open()).toBe(0);
  mediaStream.addTrack(aTrack('audio'));
  vi.advanceTimersByTime(100);
  expect(open()).toBe(1);
  meter.stop();
  expect(open()).toBe(0);
});

it('keeps neither device nor context open when the browser cannot connect them', () => {
  const contexts: FakeAudioContext[] = [];
  class RefusingContext extends FakeAudioContext {
    constructor() {
      super();
      contexts.push(this);
    }

    override createMediaStreamSource = (): never => {
      throw new DOMException('different sample-rate', 'NotSupportedError');
    };
  }
  vi.stubGlobal('AudioContext', RefusingContext);
  expect(() => createLevelMeter(aMediaStream('audio'), { onLevel: () => {} })).toThrow(
    'different sample-rate',
  );
  expect(open()).toBe(0);
  expect(contexts).toMatchObject([{ state: 'closed' }]);
});

it('goes on when the browser cannot connect another microphone', () => {
  const mediaStream = aMediaStream();
  let fails = true;
  class FickleContext extends FakeAudioContext {
    override createMediaStreamSource = () => {
      if (fails) throw new DOMException('different sample-rate', 'NotSupportedError');
      return { connect: () => {}, disconnect: () => {} };
    };
  }
  vi.stubGlobal('AudioContext', FickleContext);
  const onLevel = vi.fn<() => void>();
  using meter = createLevelMeter(mediaStream, { onLevel });
  mediaStream.addTrack(aTrack('audio'));
  vi.advanceTimersByTime(300);
  expect(onLevel).toHaveBeenCalledTimes(3);
  expect(open()).toBe(0);
  fails = false;
  mediaStream.addTrack(aTrack('audio'));
  vi.advanceTimersByTime(100);
  expect(meter.level).toBe(0);
});

/** A context of which a test sees everything, and chooses what it hears. */
class OpenContext extends FakeAudioContext {
  static last: OpenContext | undefined;
  static sample = 0;
  closed = 0;
  connected: unknown[] = [];
  disconnected = 0;
  readonly analyser = {
    fftSize: 0,
    getFloatTimeDomainData: (samples: Float32Array) => void samples.fill(OpenContext.sample),
  };

  constructor() {
    super();
    OpenContext.last = this;
  }

  override createAnalyser = () => this.analyser;
  override createMediaStreamSource = (heard?: MediaStream) => ({
    connect: (analyser?: unknown) => void this.connected.push(analyser, ...(heard ? fakeTracks(heard) : [])),
    disconnect: () => void (this.disconnected += 1),
  });
  /** Like Firefox's: the state changes later. */
  override close = async (): Promise<void> => {
    this.closed += 1;
    await Promise.resolve();
    this.state = 'closed';
  };
  resume = async (): Promise<void> => void (this.state = 'running');
}

describe('measuring', () => {
  beforeEach(() => {
    OpenContext.sample = 0.25;
    vi.stubGlobal('AudioContext', OpenContext);
  });

  it('reports the loudness every 100 ms until it is stopped', async () => {
    const heard: number[] = [];
    const meter = createLevelMeter(aMediaStream('audio'), { onLevel: (level) => heard.push(level) });
    expect(meter.level).toBe(0);
    vi.advanceTimersByTime(99);
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(1);
    OpenContext.sample = -0.5;
    vi.advanceTimersByTime(100);
    expect(heard).toEqual([0.25, 0.5]);
    expect(meter.level).toBe(0.5);
    expect(OpenContext.last?.connected).toEqual([OpenContext.last?.analyser, copies[0]]);
    meter.stop();
    meter.stop();
    vi.advanceTimersByTime(1_000);
    expect(heard).toHaveLength(2);
    expect(meter.isRunning).toBe(false);
    await Promise.resolve();
    expect(OpenContext.last).toMatchObject({ closed: 1, state: 'closed', analyser: { fftSize: 2048 } });
    expect(OpenContext.last?.disconnected).toBeGreaterThan(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may have another interval', () => {
    const onLevel = vi.fn<() => void>();
    const meter = createLevelMeter(aMediaStream('audio'), { onLevel, intervalMs: 50 });
    vi.advanceTimersByTime(200);
    meter.stop();
    expect(onLevel).toHaveBeenCalledTimes(4);
  });

  it('waits for a click where the browser requires one', async () => {
    using meter = createLevelMeter(aMediaStream('audio'), { onLevel: () => {} });
    if (OpenContext.last) OpenContext.last.state = 'suspended';
    expect(meter.isRunning).toBe(false);
    await meter.resume();
    expect(meter.isRunning).toBe(true);
  });

  it('listens to the track that is live, and no longer to its end once it is stopped', () => {
    const mediaStream = aMediaStream('audio', 'audio');
    const [ended, live] = fakeTracks(mediaStream);
    ended?.stop();
    const listening = new Set<string>();
    for (const track of [ended, live]) {
      if (!track) continue;
      track.addEventListener = (name: string) => void listening.add(`${track === live} ${name}`);
      track.removeEventListener = (name: string) => void listening.delete(`${track === live} ${name}`);
    }
    const meter = createLevelMeter(mediaStream, { onLevel: () => {} });
    expect([...listening]).toEqual(['true ended']);
    meter.stop();
    expect([...listening]).toEqual([]);
  });

  it('needs Web Audio', () => {
    vi.stubGlobal('AudioContext', undefined);
    expect(() => createLevelMeter(aMediaStream('audio'), { onLevel: () => {} })).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_BROWSER' }),
    );
  });
});

it('measures loudness as the root mean square', () => {
  expect(rootMeanSquare(new Float32Array([1, -1, 1, -1]))).toBe(1);
  expect(rootMeanSquare(new Float32Array([0.5, -0.5, 0, 0]))).toBeCloseTo(0.3536, 3);
  expect(rootMeanSquare(new Float32Array(8))).toBe(0);
  expect(rootMeanSquare(new Float32Array(0))).toBe(0);
  expect(rootMeanSquare(new Float32Array([3, 3]))).toBe(1);
  expect(rootMeanSquare(new Float32Array([0.75]))).toBe(0.75);
});
