import type { Conference } from '@parley-rtc/sdk';
import { messageOf } from './message-of.ts';
import { postToBackend } from './post-to-backend.ts';
import type { TypedCall } from './schemas.ts';
import { createStore, type Store } from './store.ts';

/** Something that somebody said. */
export interface ChatMessage {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly isOwn: boolean;
}

interface ChatState {
  /** The oldest first; what was said before we came is not among them. */
  readonly messages: readonly ChatMessage[];
  /** How many came while nobody looked. */
  readonly unread: number;
  readonly isSending: boolean;
  /** Why the last one was not sent; mostly ''. */
  readonly problem: string;
}

export interface Chat extends Store<ChatState> {
  /** Says something to everybody. Resolves with whether it was sent; nothing is while something else is on its way. */
  readonly send: (text: string) => Promise<boolean>;
  /** Whether the messages are in sight. */
  readonly look: (isLooking: boolean) => void;
  readonly close: () => void;
}

const mostMessages = 200;

/**
 * Messages are events: our back end sends them to everybody in the conference, in the name of who asked. The page may
 * not send events itself.
 */
export function createChat(
  conference: Conference,
  typed: TypedCall,
  token: () => Promise<string>,
  onMessage: (message: ChatMessage) => void,
): Chat {
  const store = createStore<ChatState>({ messages: [], unread: 0, isSending: false, problem: '' });
  let isLooking = false;
  const close = typed.on('ChatMessageSentEvent', ({ data: { endpointId, name, text }, event }) => {
    const message = { id: event.id, name, text, isOwn: endpointId === conference.endpointId };
    const { messages, unread } = store.getSnapshot();
    store.set({
      messages: [...messages, message].slice(-mostMessages),
      unread: isLooking || message.isOwn ? unread : unread + 1,
    });
    if (!isLooking && !message.isOwn) onMessage(message);
  });
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    async send(text) {
      if (store.getSnapshot().isSending) return false;
      store.set({ isSending: true, problem: '' });
      const { id: conferenceId, endpointId } = conference;
      try {
        await postToBackend('messages', { conferenceId, endpointId, text }, await token());
      } catch (error) {
        store.set({ problem: messageOf(error) });
      }
      store.set({ isSending: false });
      return store.getSnapshot().problem === '';
    },
    look(isNow) {
      isLooking = isNow;
      if (isNow) store.set({ unread: 0 });
    },
    close,
  };
}
