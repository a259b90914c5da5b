import { atBoundary, withBoundary, type ParleyError } from '@parley-rtc/client';
import { newId } from '../new-id.ts';
import { Listeners } from '../waiting/listeners.ts';
import type { Message, MessagePayload, SendOptions, SentMessage } from './message.ts';
import { putInOrder } from './put-in-order.ts';

/** A message in a list: one that we received, or one of ours. */
export interface ListedMessage extends Pick<Message, 'payload' | 'to' | 'topic'> {
  /** Unique in the list, and stable. */
  readonly key: string;
  /** Undefined for our own. */
  readonly from: Message['from'] | undefined;
  /** `received`, or how far our own has come. */
  readonly status: 'received' | 'sending' | 'sent' | 'failed';
  /** When the server accepted it, or we tried to send it: ISO 8601 in UTC. */
  readonly sentAt: string;
  /** As in {@link Message}; undefined until the server has accepted it. */
  readonly sequence: number | undefined;
  /** Why it could not be sent. It may have arrived nevertheless, after `ERR_TIMEOUT`; sent again, it arrives once. */
  readonly error: ParleyError | undefined;
}

/** The messages of one topic in the order of the server, oldest first, as state: for chat and the like. */
export interface MessageList {
  /** The same array until the list changes. Keeps the newest 500. */
  readonly getSnapshot: () => readonly ListedMessage[];
  /** Calls `listener` after each change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Sends a message and lists it at once. Rejects like `Conference.send`; the list shows the failure as well. */
  readonly send: (payload: MessagePayload, options?: SendOptions) => Promise<SentMessage>;
  /** Sends a message that failed again, with its id and in its place. Does nothing for another. */
  readonly retry: (key: string) => Promise<void>;
}

/** A conference, as far as a list needs it. */
export interface MessageSource {
  on(name: 'message', listener: (message: Message) => void): () => void;
  send(topic: string, payload: MessagePayload, options?: SendOptions): Promise<SentMessage>;
}

const mostListed = 500;
const lists = new WeakMap<object, Map<string, MessageList>>();

/**
 * Returns the messages of a topic: always the same list for the same conference and topic, so that a panel that is closed and
 * opened again shows what came meanwhile. Receives messages from its first use until the conference is left.
 */
export function messageListOf(conference: MessageSource, topic: string): MessageList {
  return atBoundary('messageListOf', () => listOf(conference, topic));
}

function listOf(conference: MessageSource, topic: string): MessageList {
  const byTopic = lists.get(conference) ?? new Map<string, MessageList>();
  const list = byTopic.get(topic) ?? createList(conference, topic);
  lists.set(conference, byTopic);
  byTopic.set(topic, list);
  return list;
}

function createList(conference: MessageSource, topic: string): MessageList {
  const listeners = new Listeners<void>((cause) => {
    throw cause;
  });
  let listed: readonly ListedMessage[] = [];
  const options = new Map<string, SendOptions | undefined>();
  const set = (next: readonly ListedMessage[]) => {
    listed = next.slice(-mostListed);
    listeners.call();
  };
  const put = (message: ListedMessage) => {
    // One that is listed keeps its place.
    const index = listed.findIndex(({ key }) => key === message.key);
    const others = listed.filter(({ key }) => key !== message.key);
    set(putInOrder(others, message, index < 0 ? others.length : index));
  };
  const update = (key: string, change: Partial<ListedMessage>) => {
    const message = listed.find((one) => one.key === key);
    if (message) put({ ...message, ...change });
  };
  const post = async (key: string, payload: MessagePayload): Promise<SentMessage> => {
    try {
      const sent = await conference.send(topic, payload, { ...options.get(key), id: key });
      options.delete(key);
      const { sentAt, sequence } = sent;
      update(key, { status: 'sent', sentAt, sequence, error: undefined });
      return sent;
    } catch (error) {
      // Another call with its id may have sent it.
      const isSent = listed.some((message) => message.key === key && message.status === 'sent');
      // `Conference.send` rejects with nothing else.
      if (!isSent) update(key, { status: 'failed', error: error as ParleyError });
      throw error;
    }
  };
  conference.on('message', ({ id, topic: its, payload, from, sentAt, sequence, to }) => {
    if (its !== topic) return;
    const key = `${from.endpointId} ${id}`;
    put({ key, topic, payload, from, status: 'received', sentAt, sequence, error: undefined, to });
  });
  return withBoundary({
    getSnapshot: () => listed,
    subscribe: (listener) => listeners.add(listener),
    send: async (payload, sendOptions) => {
      // The message keeps its id when it is sent again, because it may have arrived although no answer came.
      const key = sendOptions?.id ?? newId();
      options.set(key, sendOptions);
      const { to } = sendOptions ?? {};
      const ids =
        to === undefined ? undefined : [to].flat().map((one) => (typeof one === 'string' ? one : one.id));
      const sentAt = new Date().toISOString();
      const own = { from: undefined, status: 'sending', sequence: undefined, error: undefined } as const;
      put({ key, topic, payload, sentAt, to: ids, ...own });
      return post(key, payload);
    },
    retry: async (key) => {
      const message = listed.find((one) => one.key === key && one.status === 'failed');
      if (!message) return;
      update(key, { status: 'sending', error: undefined });
      // Its signal may be what ended the first attempt.
      const { signal: _, ...kept } = options.get(key) ?? {};
      options.set(key, kept);
      await post(key, message.payload);
    },
  });
}
