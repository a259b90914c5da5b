import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aTrack, FakeMediaStream, FakeTrack } from '../../../testing/src/browser/fake-media.ts';
import { OwnLevels } from './own-levels.ts';

let sample: number;
let contexts: FakeAudioContext[];
let levels: OwnLevels;

class FakeAudioContext {
  state = 'running';
  constructor() {
    contexts.push(this);
  }
  createAnalyser = () => ({
    fftSize: 0,
    getFloatTimeDomainData: (samples: Float32Array) => void samples.fill(sample),
  });
  createMediaStreamSource = () => ({ connect: () => {}, disconnect: () => {} });
  close = async (): Promise<void> => void (this.state = 'closed');
}

beforeEach(() => {
  vi.useFakeTimers();
  sample = 0.25;
  contexts = [];
  levels = new OwnLevels();
  vi.stubGlobal('AudioContext', FakeAudioContext);
  vi.stubGlobal('MediaStream', FakeMediaStream);
  Object.assign(FakeTrack.prototype, { clone: () => aTrack('audio') });
});

afterEach(() => {
  levels.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(FakeTrack.prototype, 'clone');
});

const running = () => contexts.filter(({ state }) => state === 'running').length;

it('measures a track that a stream sends, and the one that replaces it', () => {
  const [first, second] = [aTrack('audio'), aTrack('audio')];
  expect(levels.levelOf('mine', first)).toBeUndefined();
  vi.advanceTimersByTime(100);
  expect(levels.levelOf('mine', first)).toBeCloseTo(0.25);
  sample = 0.5;
  expect(levels.levelOf('mine', second)).toBeUndefined();
  vi.advanceTimersByTime(100);
  expect(levels.levelOf('mine', second)).toBeCloseTo(0.5);
  expect(running()).toBe(1);
});

it('keeps nothing open for a stream that is forgotten, or once it is closed', () => {
  levels.levelOf('mine', aTrack('audio'));
  levels.levelOf('other', aTrack('audio'));
  levels.forget('mine');
  expect(running()).toBe(1);
  levels.close();
  expect(running()).toBe(0);
  expect(levels.levelOf('mine', aTrack('audio'))).toBeUndefined();
  expect(running()).toBe(0);
});

it('says nothing while the browser does not measure', () => {
  const track = aTrack('audio');
  levels.levelOf('mine', track);
  for (const context of contexts) context.state = 'suspended';
  vi.advanceTimersByTime(100);
  expect(levels.levelOf('mine', track)).toBeUndefined();
});

it('tries once where the browser cannot measure', () => {
  vi.stubGlobal('AudioContext', undefined);
  const track = aTrack('audio');
  expect(levels.levelOf('mine', track)).toBeUndefined();
  vi.stubGlobal('AudioContext', FakeAudioContext);
  expect(levels.levelOf('mine', track)).toBeUndefined();
  expect(contexts).toEqual([]);
});
