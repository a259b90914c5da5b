import { expect, it } from 'vitest';
import { chooseVideos, VideoCap, type CapMember, type ViewPriority } from './video-cap.ts';

const video = (name: string, shownOrder: number, priority: ViewPriority = 'normal', isDesired = true) => ({
  name,
  shownOrder,
  priority,
  isDesired,
});

const names = (videos: Iterable<{ readonly name: string }>) => [...videos].map(({ name }) => name);

it('prefers videos of high priority, then those that became visible last', () => {
  const videos = [video('old', 1), video('new', 3), video('mid', 2), video('pinned', 0, 'high')];
  expect(names(chooseVideos(videos, 3))).toEqual(['pinned', 'new', 'mid']);
  expect(names(chooseVideos([video('low', 9, 'low'), ...videos], 4))).not.toContain('low');
});

it('ignores videos that are not visible', () => {
  expect(names(chooseVideos([video('seen', 1), video('hidden', 2, 'high', false)], 1))).toEqual(['seen']);
});

it('never exceeds the cap, and lets another video flow when one is removed', () => {
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

it('refuses a cap that is not a number of at least 0', () => {
  expect(() => new VideoCap().setMaxVideos(-1)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_OPTIONS' }),
  );
  expect(() => new VideoCap().setMaxVideos(Number.NaN)).toThrow('limited to NaN');
});
