import type { Conference } from '@parley-rtc/sdk';
import { messageOf } from './message-of.ts';
import { postToBackend } from './post-to-backend.ts';
import type { TypedCall } from './schemas.ts';
import { createStore, type Store } from './store.ts';

/** A chat message. */
export interface ChatMessage {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly isOwn: boolean;
}

interface ChatState {
  /** Oldest first; only messages sent since the user joined. */
  readonly messages: readonly ChatMessage[];
  /** Number of messages received while the chat was closed. */
  readonly unread: number;
  readonly isSending: boolean;
  /** Why the last message was not sent; '' if it was. */
  readonly problem: string;
}

export interface Chat extends Store<ChatState> {
  /** Sends a message to all participants. Resolves with false if that fails or another message is still being sent. */
  readonly send: (text: string) => Promise<boolean>;
  /** Tells the chat whether its panel is open. */
  readonly setVisible: (isVisible: boolean) => void;
  readonly close: () => void;
}

const maxMessages = 200;

/**
 * Chat messages are events. The back end sends them to all participants on behalf of the sender, because the page itself
 * has no right to send events.
 */
export function createChat(
  conference: Conference,
  typed: TypedCall,
  token: () => Promise<string>,
  onMessage: (message: ChatMessage) => void,
): Chat {
  const store = createStore<ChatState>({ messages: [], unread: 0, isSending: false, problem: '' });
  let isOpen = false;
  /** The message whose answer is outstanding or was lost. It may have arrived all the same, so it keeps its id. */
  let pending: { readonly text: string; readonly messageId: string } | undefined;
  const close = typed.on('ChatMessageSentEvent', ({ data: { endpointId, name, text, messageId }, event }) => {
    const id = messageId === undefined ? event.id : `${endpointId}/${messageId}`;
    const message = { id, name, text, isOwn: endpointId === conference.endpointId };
    const { messages, unread } = store.getSnapshot();
    if (messages.some((known) => known.id === id)) return;
    store.set({
      messages: [...messages, message].slice(-maxMessages),
      unread: isOpen || message.isOwn ? unread : unread + 1,
    });
    if (!isOpen && !message.isOwn) onMessage(message);
  });
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    async send(text) {
      if (store.getSnapshot().isSending) return false;
      store.set({ isSending: true, problem: '' });
      const { id: conferenceId, endpointId } = conference;
      if (pending?.text !== text) pending = { text, messageId: newMessageId() };
      try {
        await postToBackend('messages', { conferenceId, endpointId, ...pending }, await token());
        pending = undefined;
      } catch (error) {
        store.set({ problem: messageOf(error) });
      }
      store.set({ isSending: false });
      return store.getSnapshot().problem === '';
    },
    setVisible(isVisible) {
      isOpen = isVisible;
      if (isVisible) store.set({ unread: 0 });
    },
    close,
  };
}

/** Unique among the messages of one page. Without `crypto.randomUUID`, which only secure pages have. */
function newMessageId(): string {
  return `${Date.now()}-${Math.random()}`;
}
