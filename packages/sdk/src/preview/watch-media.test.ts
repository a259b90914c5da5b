import { afterEach, describe, expect, it, vi } from 'vitest';
import { aTrack } from '../testing/fake-media.ts';
import { createWarningRules, watchMedia, type MediaReading } from './watch-media.ts';

const fine: MediaReading = {
  level: 0.1,
  hasMicrophone: true,
  isMicrophoneMuted: false,
  isCameraMuted: false,
  hasFrames: true,
};

/** Applies each reading for its `forMs`; returns the warnings and their times. */
function warningsOf(
  ...parts: readonly (readonly [forMs: number, reading: Partial<MediaReading>])[]
): string[] {
  const heard: string[] = [];
  let nowMs = 0;
  const judge = createWarningRules((warning, isActive) => {
    heard.push(`${nowMs} ${warning} ${isActive ? 'on' : 'off'}`);
  });
  for (const [forMs, reading] of parts) {
    for (const endMs = nowMs + forMs; nowMs < endMs;) {
      nowMs += 100;
      judge({ ...fine, ...reading });
    }
  }
  return heard;
}

describe('a warning', () => {
  const speaks = { isMicrophoneMuted: true, level: 0.1 };
  const quiet = { isMicrophoneMuted: true, level: 0.001 };

  it('reports speaking while muted after 400 ms, and tolerates pauses in speech', () => {
    expect(warningsOf([1000, speaks], [1000, quiet], [500, speaks], [2000, quiet])).toEqual([
      '400 speaking-while-muted on',
      '4000 speaking-while-muted off',
    ]);
  });

  it('ends within 100 ms of unmuting', () => {
    expect(warningsOf([500, speaks], [500, {}])).toEqual([
      '400 speaking-while-muted on',
      '600 speaking-while-muted off',
    ]);
  });

  it('ignores a cough', () => {
    expect(warningsOf([300, speaks], [500, quiet], [300, speaks], [500, quiet])).toEqual([]);
  });

  it('reports a microphone that delivers only zeros, unless it is muted or not measured', () => {
    expect(warningsOf([4000, { level: 0 }], [100, { level: 0.000_01 }])).toEqual([
      '3000 silent-microphone on',
      '4100 silent-microphone off',
    ]);
    expect(warningsOf([4000, { level: 0, isMicrophoneMuted: true }])).toEqual([]);
    expect(warningsOf([4000, { level: 0, hasMicrophone: false }])).toEqual([]);
  });

  it('reports a camera without frames, unless it is muted or there is no camera', () => {
    expect(warningsOf([4000, { hasFrames: false }], [100, {}])).toEqual([
      '3000 no-frames on',
      '4100 no-frames off',
    ]);
    expect(warningsOf([4000, { hasFrames: false, isCameraMuted: true }])).toEqual([]);
    expect(warningsOf([4000, { hasFrames: undefined }])).toEqual([]);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('watches the camera where the browser has no audio context to give', () => {
  vi.useFakeTimers();
  const element = { play: async () => {}, requestVideoFrameCallback: () => 0 };
  vi.stubGlobal('document', { hidden: false, createElement: () => element });
  const contexts = vi.fn<() => void>(function AudioContext() {
    throw new DOMException('too many', 'NotSupportedError');
  });
  vi.stubGlobal('AudioContext', contexts);
  const tracks = [aTrack('audio'), aTrack('video')];
  const mediaStream = { getTracks: () => tracks } as unknown as MediaStream;
  const heard: string[] = [];
  const stop = watchMedia(
    { mediaStream, isMuted: () => false },
    { onChange: (warning, isActive) => heard.push(`${warning} ${isActive}`) },
  );
  vi.advanceTimersByTime(5_000);
  expect(heard).toEqual(['no-frames true']);
  expect(contexts).toHaveBeenCalledOnce();
  stop();
});
