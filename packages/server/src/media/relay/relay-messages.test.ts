import { expect, it } from 'vitest';
import { capFor } from '../outgoing/source-cap.ts';
import { mergeCapping } from './relay-messages.ts';

const watching = (videoBps?: number) => ({ isWatching: true, videoBps });
const paused = (videoBps?: number) => ({ isWatching: false, videoBps });

it.each([
  [[], paused()],
  [[paused(100)], paused()],
  [[watching(100)], watching(100)],
  [[watching(100), watching(300), paused(900)], watching(300)],
  [[watching(100), watching()], watching()],
])('sees %j as one view', (views, one) => {
  expect(mergeCapping(views)).toEqual(one);
});

it('caps a publisher as all views would, wherever they are', () => {
  const rooms = [undefined, 200_000, 700_000];
  for (const here of rooms) {
    for (const there of rooms) {
      const views = [watching(300_000), watching(here)];
      const others = [watching(there), paused(9_000_000)];
      const question = { rateBps: 1_500_000, uncappedBps: undefined };
      expect(capFor({ ...question, views: [...views, mergeCapping(others)] })).toBe(
        capFor({ ...question, views: [...views, ...others] }),
      );
    }
  }
});
