import { expect, it } from 'vitest';
import { SpeakerDetector } from './speaker-detector.ts';

/** Feeds a level every 100 ms from `fromMs` up to, not including, `untilMs`. */
function say(detector: SpeakerDetector, id: string, level: number, fromMs: number, untilMs: number): void {
  for (let timeMs = fromMs; timeMs < untilMs; timeMs += 100) {
    detector.feed(id, level, timeMs);
    detector.speakers(timeMs);
  }
}

const idsAt = (detector: SpeakerDetector, timeMs: number): string[] =>
  detector.speakers(timeMs).map(({ streamId }) => streamId);

it('lists the loudest speaker first, and ignores streams quieter than -35 dBov', () => {
  const detector = new SpeakerDetector();
  for (let timeMs = 0; timeMs < 3_000; timeMs += 100) {
    detector.feed('quiet', 0.1, timeMs);
    detector.feed('loud', 0.9, timeMs);
    detector.feed('breath', 0.017, timeMs);
  }
  expect(idsAt(detector, 2_950)).toEqual(['loud', 'quiet']);
  expect(detector.speakers(2_950).map(({ level }) => level)).toEqual([1, 0.125]);
});

it('ignores a click shorter than 40 % of the window', () => {
  const detector = new SpeakerDetector();
  say(detector, 'a', 0, 0, 400);
  say(detector, 'a', 0.8, 400, 500);
  expect(idsAt(detector, 500)).toEqual([]);
  say(detector, 'a', 0.8, 500, 600);
  expect(idsAt(detector, 600)).toEqual(['a']);
});

it('holds a speaker for 1.5 s, so that a pause between words does not move the layout', () => {
  const detector = new SpeakerDetector();
  say(detector, 'a', 0.5, 0, 300);
  say(detector, 'a', 0, 300, 1_400);
  expect(detector.speakers(1_400)).toEqual([{ streamId: 'a', level: 0 }]);
  say(detector, 'a', 0, 1_400, 1_700);
  expect(idsAt(detector, 1_700)).toEqual([]);
});

it('drops a speaker who spoke long enough after one silent window', () => {
  const detector = new SpeakerDetector();
  say(detector, 'a', 0.5, 0, 5_000);
  say(detector, 'a', 0, 5_000, 5_500);
  expect(idsAt(detector, 5_500)).toEqual([]);
});

it('treats a stream without samples as silent after 800 ms', () => {
  const detector = new SpeakerDetector();
  say(detector, 'a', 0.5, 0, 5_000);
  expect(idsAt(detector, 5_600)).toEqual(['a']);
  expect(idsAt(detector, 5_800)).toEqual([]);
});

it('forgets a stream immediately, and treats invalid levels as silence', () => {
  const detector = new SpeakerDetector();
  say(detector, 'a', 0.5, 0, 1_000);
  detector.forget('a');
  say(detector, 'b', Number.NaN, 0, 1_000);
  expect(idsAt(detector, 1_000)).toEqual([]);
});
