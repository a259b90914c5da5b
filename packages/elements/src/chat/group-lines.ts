import type { ChatLine } from '../stores/create-chat.ts';

/** Lines of one person that are shown together. */
export interface LineGroup {
  /** At least one; their sender and the time of the first one are shown once. */
  readonly lines: readonly [ChatLine, ...ChatLine[]];
  /** Whether it begins with the first line that the user has not seen. */
  readonly isFirstUnread: boolean;
}

const togetherForMs = 120_000;

/** Groups consecutive lines of the same sender within two minutes. The first unread line begins a group. */
export function groupLines(
  lines: readonly ChatLine[],
  firstUnreadKey: string | undefined,
): readonly LineGroup[] {
  const groups: { lines: [ChatLine, ...ChatLine[]]; isFirstUnread: boolean }[] = [];
  for (const line of lines) {
    const isFirstUnread = line.key === firstUnreadKey;
    const group = groups.at(-1);
    if (group && !isFirstUnread && belongs(line, group.lines[0])) group.lines.push(line);
    else groups.push({ lines: [line], isFirstUnread });
  }
  return groups;
}

/** The oldest of the unread lines; undefined if there are none. */
export function firstUnreadKeyIn(lines: readonly ChatLine[], unreadCount: number): string | undefined {
  if (unreadCount === 0) return undefined;
  const others = lines.filter(({ isOwn }) => !isOwn);
  return others[Math.max(0, others.length - unreadCount)]?.key;
}

/** Clocks may differ, so a line may seem to be older than the one before it. */
function belongs(line: ChatLine, first: ChatLine): boolean {
  if (line.senderId !== first.senderId || line.isOwn !== first.isOwn) return false;
  if (line.person.name !== first.person.name) return false;
  return Math.abs(Date.parse(line.sentAt) - Date.parse(first.sentAt)) < togetherForMs;
}
