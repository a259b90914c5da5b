import { describe, expect, it } from 'vitest';
import type { ChatLine } from '../stores/create-chat.ts';
import { firstUnreadKeyIn, groupLines } from './group-lines.ts';

const start = Date.parse('2026-01-01T12:00:00Z');
function line(key: string, senderId: string, afterS: number, name: string = senderId): ChatLine {
  return {
    key,
    senderId,
    person: { name, isVerified: false, picture: undefined, role: undefined },
    text: key,
    isOwn: senderId === 'me',
    sentAt: new Date(start + afterS * 1_000).toISOString(),
    status: senderId === 'me' ? 'sent' : 'received',
    error: undefined,
  };
}
const keysOf = (lines: readonly ChatLine[], firstUnreadKey?: string) =>
  groupLines(lines, firstUnreadKey).map((group) => group.lines.map(({ key }) => key));

describe('grouping of chat lines', () => {
  it('consecutive lines of one sender form a group until two minutes after its first line', () => {
    const lines = [line('a', 'ada', 0), line('b', 'ada', 60), line('c', 'ada', 119), line('d', 'ada', 120)];
    expect(keysOf(lines)).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('another sender begins a group, even one with the same name', () => {
    const lines = [line('a', 'ada', 0), line('b', 'bob', 1, 'ada'), line('c', 'ada', 2)];
    expect(keysOf(lines)).toEqual([['a'], ['b'], ['c']]);
  });

  it('a new name of the same sender begins a group', () => {
    expect(keysOf([line('a', 'ada', 0), line('b', 'ada', 1, 'Countess')])).toEqual([['a'], ['b']]);
  });

  it('the first unread line begins a group, which says so', () => {
    const lines = [line('a', 'ada', 0), line('b', 'ada', 1), line('c', 'ada', 2)];
    expect(keysOf(lines, 'b')).toEqual([['a'], ['b', 'c']]);
    expect(groupLines(lines, 'b').map(({ isFirstUnread }) => isFirstUnread)).toEqual([false, true]);
  });

  it('own lines do not count as unread', () => {
    const lines = [line('a', 'ada', 0), line('b', 'ada', 1), line('c', 'me', 2), line('d', 'ada', 3)];
    expect(firstUnreadKeyIn(lines, 0)).toBeUndefined();
    expect(firstUnreadKeyIn(lines, 1)).toBe('d');
    expect(firstUnreadKeyIn(lines, 2)).toBe('b');
  });

  it('when the list no longer has all unread lines, its oldest one is the first', () => {
    expect(firstUnreadKeyIn([line('a', 'me', 0), line('b', 'ada', 1)], 600)).toBe('b');
    expect(firstUnreadKeyIn([], 3)).toBeUndefined();
  });
});
