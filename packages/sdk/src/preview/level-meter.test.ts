import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aMediaStream, aTrack, FakeMediaStream, FakeTrack, fakeTracks } from '../testing/fake-media.ts';
import { createLevelMeter, rootMeanSquare } from './level-meter.ts';

/** Copies of tracks, which keep a device open like a browser's. */
const copies: FakeTrack[] = [];

class FakeAudioContext {
  state = 'running';
  createAnalyser = () => ({ fftSize: 0, getFloatTimeDomainData: () => {} });
  createMediaStreamSource = () => ({ connect: () => {}, disconnect: () => {} });
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

it('measures loudness as the root mean square', () => {
  expect(rootMeanSquare(new Float32Array([1, -1, 1, -1]))).toBe(1);
  expect(rootMeanSquare(new Float32Array([0.5, -0.5, 0, 0]))).toBeCloseTo(0.3536, 3);
  expect(rootMeanSquare(new Float32Array(8))).toBe(0);
});
