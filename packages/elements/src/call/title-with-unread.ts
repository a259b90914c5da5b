import type { ChatStore } from '../stores/create-chat.ts';

const everyMs = 1_000;

/** Shows the number of unread messages in front of the page's title, until the returned function is called. */
export function titleWithUnread(chat: () => ChatStore | undefined): () => void {
  let prefix = '';
  const show = (unread: number): void => {
    // The page may have changed its title meanwhile.
    const title = document.title.startsWith(prefix) ? document.title.slice(prefix.length) : document.title;
    prefix = unread > 0 ? `(${unread}) ` : '';
    if (document.title !== `${prefix}${title}`) document.title = `${prefix}${title}`;
  };
  const timer = setInterval(() => show(chat()?.getSnapshot().unreadCount ?? 0), everyMs);
  return () => {
    clearInterval(timer);
    show(0);
  };
}
