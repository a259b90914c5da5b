import { messageListOf, type Conference, type ListedMessage, type MessageList } from '@parley-rtc/sdk';
import { useMemo, useSyncExternalStore } from 'react';

export interface Messages {
  /** The messages of the topic, ours among them, oldest first. */
  readonly messages: readonly ListedMessage[];
  /** Sends a message, which is listed at once. Undefined without a conference. */
  readonly send: MessageList['send'] | undefined;
  /** Sends a message that failed again. */
  readonly retry: MessageList['retry'] | undefined;
}

const noMessages: readonly ListedMessage[] = [];
const never = () => () => {};

/**
 * The messages of one topic, and sending. All components of a conference share one list, so a panel that is mounted again shows
 * what came meanwhile.
 */
export function useMessages(conference: Conference | undefined, topic: string): Messages {
  const list = useMemo(() => conference && messageListOf(conference, topic), [conference, topic]);
  const read = () => list?.getSnapshot() ?? noMessages;
  const messages = useSyncExternalStore(list?.subscribe ?? never, read, () => noMessages);
  return { messages, send: list?.send, retry: list?.retry };
}
