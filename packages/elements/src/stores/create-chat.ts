import {
  displayNameOf,
  findParticipant,
  messageListOf,
  selectSelf,
  type Conference,
  type DisplayName,
  type ListedMessage,
  type ParleyError,
} from '@parley-rtc/sdk';
import { createStore, type Store } from '../page/store.ts';

/** The topic of the messages that are chat. */
export const chatTopic = 'chat';

/** A message as a chat shows it. */
export interface ChatLine {
  readonly key: string;
  /** The sender's endpoint. */
  readonly senderId: string;
  readonly person: DisplayName;
  readonly text: string;
  readonly isOwn: boolean;
  /** ISO 8601 in UTC. */
  readonly sentAt: string;
  readonly status: ListedMessage['status'];
  /** Why an own message was not sent. */
  readonly error: ParleyError | undefined;
}

export interface ChatState {
  /** Oldest first; the newest 500. */
  readonly lines: readonly ChatLine[];
  /** How many lines of others have come since the chat was last seen. */
  readonly unreadCount: number;
}

/** The chat of a conference. Needs a server with messages. */
export interface ChatStore extends Store<ChatState> {
  /** Sends a text. Does nothing with one that is blank. Never rejects: the line shows a failure, with `retry`. */
  readonly send: (text: string) => Promise<void>;
  /** Sends a line again that failed. Never rejects. */
  readonly retry: (key: string) => Promise<void>;
  /** Tells the chat whether the user sees it. What comes meanwhile counts as read. */
  readonly setSeen: (isSeen: boolean) => void;
  readonly close: () => void;
}

/** What a chat sends: the name is for those who join after the sender has left. */
interface ChatPayload {
  readonly text: string;
  readonly name?: string;
}

/** The longest text that `send` accepts; longer ones are cut. */
export const maxChatCharacters = 4_000;
const maxNameCharacters = 200;

export function createChat(conference: Conference): ChatStore {
  const list = messageListOf(conference, chatTopic);
  const linesNow = (): readonly ChatLine[] =>
    list.getSnapshot().flatMap((message) => lineOf(message, conference));
  const store = createStore<ChatState>({ lines: linesNow(), unreadCount: 0 });
  let isSeen = false;
  const close = list.subscribe(() => {
    const known = new Set(store.getSnapshot().lines.map(({ key }) => key));
    const lines = linesNow();
    const arrived = lines.filter(({ key, isOwn }) => !isOwn && !known.has(key)).length;
    store.set({ lines, unreadCount: isSeen ? 0 : store.getSnapshot().unreadCount + arrived });
  });
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    send: async (text) => {
      const trimmed = text.trim().slice(0, maxChatCharacters);
      if (trimmed === '') return;
      const self = selectSelf(conference.state.getSnapshot());
      const { name } = self ? displayNameOf(self) : {};
      // The list shows the failure.
      await list.send({ text: trimmed, ...(name !== undefined && { name }) }).catch(() => undefined);
    },
    retry: (key) => list.retry(key).catch(() => undefined),
    setSeen: (seen) => {
      isSeen = seen;
      if (seen) store.set({ unreadCount: 0 });
    },
    close,
  };
}

/** Nothing for a payload that is no chat: any participant may send anything. */
function lineOf(message: ListedMessage, conference: Conference): readonly ChatLine[] {
  const { key, from, payload, sentAt, status, error } = message;
  const { text, name } = Object(payload) as Readonly<Record<keyof ChatPayload, unknown>>;
  if (typeof text !== 'string' || text.trim() === '') return [];
  const snapshot = conference.state.getSnapshot();
  const senderId = from?.endpointId ?? snapshot.endpointId;
  const sender = from?.participant ?? findParticipant(snapshot.conference, senderId);
  const claimed = typeof name === 'string' ? name.slice(0, maxNameCharacters) : undefined;
  const person = displayNameOf(sender ?? { name: claimed });
  return [
    { key, senderId, person, text: text.slice(0, maxChatCharacters), isOwn: !from, sentAt, status, error },
  ];
}
