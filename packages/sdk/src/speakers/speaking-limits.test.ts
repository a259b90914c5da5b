import { describe, expect, it } from 'vitest';
import { SpeakerDetector } from './speaker-detector.ts';

/** The level at the end, after samples `[timeMs, level]` of one stream; undefined if it does not speak. */
function levelAfter(...samples: readonly (readonly [timeMs: number, level: number])[]): number | undefined {
  const detector = new SpeakerDetector();
  for (const [timeMs, level] of samples) detector.feed('a', level, timeMs);
  return detector.speakers(samples.at(-1)?.[0] ?? 0)[0]?.level;
}

/** Whether a stream that was loud at 0 ms is listed at `timeMs`, and with which level. */
function levelAt(timeMs: number, ...silentAtMs: readonly number[]): number | undefined {
  const detector = new SpeakerDetector();
  detector.feed('a', 0.9, 0);
  detector.speakers(0);
  for (const silentMs of silentAtMs) detector.feed('a', 0, silentMs);
  return detector.speakers(timeMs)[0]?.level;
}

it('speech begins at -35 dBov', () => {
  expect(levelAfter([0, 0.0178])).toBe(0.125);
  expect(levelAfter([0, 0.0177])).toBeUndefined();
});

describe('the window of 400 ms', () => {
  it('needs 40 % of loud samples', () => {
    const silence = [160, 240, 320].map((timeMs) => [timeMs, 0] as const);
    expect(levelAfter([0, 0.9], [80, 0.9], ...silence)).toBeGreaterThan(0);
    expect(levelAfter([0, 0.9], [80, 0], ...silence)).toBeUndefined();
  });

  it('does not contain a sample that is exactly 400 ms old', () => {
    const silence = [200, 300, 400].map((timeMs) => [timeMs, 0] as const);
    expect(levelAfter([1, 0.9], [100, 0.9], ...silence)).toBeGreaterThan(0);
    expect(levelAfter([0, 0.9], [100, 0.9], ...silence)).toBeUndefined();
  });
});

describe('the level', () => {
  it('is the peak of the window, lowered by the share of silence', () => {
    expect(levelAfter([0, 0.9])).toBe(0.625);
    expect(levelAfter([0, 0], [100, 0.9])).toBe(0.375);
  });

  it('follows the peak by two thirds in 400 ms', () => {
    expect(levelAfter([0, 0.9], [200, 0.9])).toBe(0.75);
    expect(levelAfter([0, 0.9], [400, 0.9])).toBe(0.875);
    expect(levelAfter([0, 0.9], [100, 0.9], [200, 0.9])).toBe(0.75);
  });

  it('begins from scratch after silence', () => {
    expect(levelAfter([0, 0.9], [400, 0], [800, 0.9])).toBe(0.625);
  });

  it('stays when the clock goes back', () => {
    expect(levelAfter([1_000, 0.9], [900, 0.9])).toBe(0.625);
  });

  it('is between 0 and 1, whatever the browser measures', () => {
    expect(levelAfter([0, 5])).toBe(0.75);
    for (const level of [-5, Infinity, Number.NaN]) expect(levelAfter([0, level])).toBeUndefined();
  });
});

describe('a speaker', () => {
  it('stays listed for 1.5 s without a level', () => {
    expect(levelAt(1_499, 100, 200)).toBe(0);
    expect(levelAt(1_500, 100, 200)).toBeUndefined();
  });

  it('without samples speaks for 800 ms, and then stays listed', () => {
    expect(levelAt(799)).toBe(0.625);
    expect(levelAt(800)).toBe(0);
  });

  it('is held from its first word after a silence, not from an earlier one', () => {
    const detector = new SpeakerDetector();
    const say = (timeMs: number, level: number) => {
      detector.feed('a', level, timeMs);
      return detector.speakers(timeMs).length;
    };
    expect([say(0, 0.9), say(1_000, 0), say(1_500, 0), say(3_000, 0.9)]).toEqual([1, 1, 0, 1]);
    expect([say(3_400, 0), say(4_499, 0), say(4_500, 0)]).toEqual([1, 1, 0]);
  });
});
