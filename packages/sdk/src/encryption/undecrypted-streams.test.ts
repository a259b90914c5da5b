import { expect, it } from 'vitest';
import { UndecryptedStreams } from './undecrypted-streams.ts';

it('a stream fails with its first receiver and recovers with its last', () => {
  const streams = new UndecryptedStreams();
  expect(streams.report('ada', 1, false)).toBe(false);
  expect(streams.report('ada', 2, false)).toBeUndefined();
  expect(streams.report('bob', 3, false)).toBe(false);
  expect(streams.ids).toEqual(['ada', 'bob']);
  expect(streams.report('ada', 1, true)).toBeUndefined();
  expect(streams.report('ada', 2, true)).toBe(true);
  expect(streams.ids).toEqual(['bob']);
  expect(streams.report('ada', 2, false)).toBe(false);
});

it('ignores receivers that have closed', () => {
  const streams = new UndecryptedStreams();
  streams.report('ada', 1, false);
  streams.report('ada', 2, false);
  streams.forget('ada', 1);
  expect(streams.ids).toEqual(['ada']);
  streams.forget('ada', 2);
  streams.forget('bob', 3);
  expect(streams.ids).toEqual([]);
});

it('a stream recovers with its last receiver, whichever of them that is', () => {
  const streams = new UndecryptedStreams();
  streams.report('ada', 1, false);
  streams.report('ada', 2, false);
  expect(streams.report('ada', 2, true)).toBeUndefined();
  expect(streams.ids).toEqual(['ada']);
  expect(streams.report('ada', 1, true)).toBe(true);
});
