import { describe, expect, test } from 'vitest';
import { rootMeanSquare } from './level-meter.ts';
import { createWarningRules, type MediaReading } from './watch-media.ts';

const fine: MediaReading = {
  level: 0.1,
  hasMicrophone: true,
  isMicrophoneMuted: false,
  isCameraMuted: false,
  hasFrames: true,
};

/** Applies readings for so many milliseconds each; returns what is warned of, and when. */
function warningsOf(
  ...parts: readonly (readonly [forMs: number, reading: Partial<MediaReading>])[]
): string[] {
  const heard: string[] = [];
  let nowMs = 0;
  const judge = createWarningRules((warning, isActive) => {
    heard.push(`${nowMs} ${warning} ${isActive ? 'on' : 'off'}`);
  }, 100);
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

  test('tells who speaks while muted, after a moment, and bears the pauses of speech', () => {
    expect(warningsOf([1000, speaks], [1000, quiet], [500, speaks], [2000, quiet])).toEqual([
      '400 speaking-while-muted on',
      '4000 speaking-while-muted off',
    ]);
  });

  test('ends at once with the mute', () => {
    expect(warningsOf([500, speaks], [500, {}])).toEqual([
      '400 speaking-while-muted on',
      '600 speaking-while-muted off',
    ]);
  });

  test('is not for a cough', () => {
    expect(warningsOf([300, speaks], [500, quiet], [300, speaks], [500, quiet])).toEqual([]);
  });

  test('tells of a microphone that gives only zeros, unless it is muted or not heard at all', () => {
    expect(warningsOf([4000, { level: 0 }], [100, { level: 0.000_01 }])).toEqual([
      '3000 silent-microphone on',
      '4100 silent-microphone off',
    ]);
    expect(warningsOf([4000, { level: 0, isMicrophoneMuted: true }])).toEqual([]);
    expect(warningsOf([4000, { level: 0, hasMicrophone: false }])).toEqual([]);
  });

  test('tells of a camera without pictures, unless it is muted or there is none', () => {
    expect(warningsOf([4000, { hasFrames: false }], [100, {}])).toEqual([
      '3000 no-frames on',
      '4100 no-frames off',
    ]);
    expect(warningsOf([4000, { hasFrames: false, isCameraMuted: true }])).toEqual([]);
    expect(warningsOf([4000, { hasFrames: undefined }])).toEqual([]);
  });
});

test('loudness is the root of the mean square', () => {
  expect(rootMeanSquare(new Float32Array([1, -1, 1, -1]))).toBe(1);
  expect(rootMeanSquare(new Float32Array([0.5, -0.5, 0, 0]))).toBeCloseTo(0.3536, 3);
  expect(rootMeanSquare(new Float32Array(8))).toBe(0);
});
