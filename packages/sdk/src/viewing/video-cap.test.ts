import { expect, test } from 'vitest';
import { type CapMember, chooseVideos, VideoCap, type ViewPriority } from './video-cap.ts';

const video = (name: string, shownOrder: number, priority: ViewPriority = 'normal', isWanted = true) => ({
  name,
  shownOrder,
  priority,
  isWanted,
});

const names = (videos: Iterable<{ readonly name: string }>) => [...videos].map(({ name }) => name);

test('of too many videos those of high priority flow, then those that came into sight last', () => {
  const videos = [video('old', 1), video('new', 3), video('mid', 2), video('pinned', 0, 'high')];
  expect(names(chooseVideos(videos, 3))).toEqual(['pinned', 'new', 'mid']);
  expect(names(chooseVideos([video('low', 9, 'low'), ...videos], 4))).not.toContain('low');
});

test('what nobody sees takes no place', () => {
  expect(names(chooseVideos([video('seen', 1), video('hidden', 2, 'high', false)], 1))).toEqual(['seen']);
});

test('never more than the cap flow, and a place that becomes free is given away', () => {
  const cap = new VideoCap();
  const flowing = new Set<string>();
  const member = (name: string, shownOrder: number) => {
    const entry = {
      ...video(name, shownOrder),
      setAllowed: (isAllowed: boolean) => {
        if (isAllowed) flowing.add(name);
        else flowing.delete(name);
        expect(flowing.size).toBeLessThanOrEqual(2);
      },
    } satisfies CapMember;
    cap.add(entry);
    return entry;
  };
  cap.setMaxVideos(2);
  member('one', 1);
  member('two', 2);
  const three = member('three', 3);
  expect([...flowing]).toEqual(['two', 'three']);
  flowing.delete('three');
  cap.remove(three);
  expect([...flowing].toSorted()).toEqual(['one', 'two']);
});

test('a cap that is no number from 0 on is refused', () => {
  expect(() => new VideoCap().setMaxVideos(-1)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_OPTIONS' }),
  );
  expect(() => new VideoCap().setMaxVideos(Number.NaN)).toThrow('at most NaN');
});
