import type { Conference, JsonValue, ListedMessage } from '@parley-rtc/sdk';
import { safeParse } from 'valibot';
import { messageOf } from './message-of.ts';
import { personOf } from './people.ts';
import { chatPayload, type TypedCall } from './schemas.ts';
import type { Sdk } from './sdk.ts';
import { shorten } from './shorten.ts';
import { createStore, type Store } from './store.ts';

/** The topic of the messages that are chat. */
export const chatTopic = 'chat';

/** A message as the chat shows it. */
export interface ChatLine {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  readonly isOwn: boolean;
  readonly isSending: boolean;
  /** Why an own message was not sent; '' for all others. */
  readonly problem: string;
}

interface ChatState {
  /** Number of messages received while the chat was closed. */
  readonly unread: number;
}

/** What the chat adds to the SDK's list of messages. */
export interface Chat extends Store<ChatState> {
  /** The lines to show for a list of messages, oldest first. Leaves out what is not chat. */
  readonly linesOf: (messages: readonly ListedMessage[]) => readonly ChatLine[];
  /** The payload for a text that the user typed; undefined for one without content. */
  readonly payloadOf: (text: string) => JsonValue | undefined;
  /** Tells the chat whether its panel is open. */
  readonly setVisible: (isVisible: boolean) => void;
  readonly close: () => void;
}

/** No page sends more, but a program could. */
const maxTextCharacters = 1_000;
const maxNameCharacters = 60;

/** Counts unread messages from now on. `onMessage` receives each message that arrives while the chat is closed. */
export function createChat(
  sdk: Pick<Sdk, 'messageListOf' | 'selectSelf'>,
  conference: Conference,
  typed: TypedCall,
  onMessage: (line: ChatLine) => void,
): Chat {
  const store = createStore<ChatState>({ unread: 0 });
  const list = sdk.messageListOf(conference, chatTopic);
  let isOpen = false;
  let known: ReadonlySet<string> = new Set(list.getSnapshot().map(({ key }) => key));

  const lineOf = ({ key, from, payload, status, error }: ListedMessage): readonly ChatLine[] => {
    const { success, output } = safeParse(chatPayload, payload);
    if (!success) return [];
    // The payload's name is for those who join after the sender has left.
    const name = from?.participant ? personOf(typed, from.participant).name : output.name;
    return [
      {
        key,
        name: shorten(name, maxNameCharacters),
        text: shorten(output.text, maxTextCharacters),
        isOwn: !from,
        isSending: status === 'sending',
        problem: error ? messageOf(error) : '',
      },
    ];
  };
  const close = list.subscribe(() => {
    const messages = list.getSnapshot();
    const arrived = messages.filter(({ key, from }) => from && !known.has(key)).flatMap(lineOf);
    known = new Set(messages.map(({ key }) => key));
    if (isOpen) return;
    store.set({ unread: store.getSnapshot().unread + arrived.length });
    arrived.forEach(onMessage);
  });
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    linesOf: (messages) => messages.flatMap(lineOf),
    payloadOf(text) {
      const { name } = personOf(typed, sdk.selectSelf(conference.state.getSnapshot()));
      return text.trim() === '' ? undefined : { name, text: text.trim() };
    },
    setVisible(isVisible) {
      isOpen = isVisible;
      if (isVisible) store.set({ unread: 0 });
    },
    close,
  };
}
