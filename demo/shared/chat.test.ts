import {
  messageListOf,
  NotJoinedError,
  type Conference,
  type JsonValue,
  type Message,
  type Participant,
} from '@parley-rtc/sdk';
import { beforeEach, expect, it } from 'vitest';
import { chatTopic, createChat, type Chat, type ChatLine } from './chat.ts';
import type { TypedCall } from './schemas.ts';

let chat: Chat;
let conference: Conference;
let isOffline: boolean;
/** What a closed chat announced. */
let announced: string[];
let receive: (payload: JsonValue, name?: string, topic?: string) => void;

const participantOf = (name: string): Participant => ({
  id: name,
  userId: name,
  state: 'HEALTHY',
  streams: [],
  metadata: { name },
});

beforeEach(() => {
  announced = [];
  isOffline = false;
  let received = 0;
  conference = {
    endpointId: 'Ada',
    state: { getSnapshot: () => ({}) },
    on: (_name: string, listener: (message: Message) => void) => {
      receive = (payload, name, topic = chatTopic) => {
        received += 1;
        listener({
          id: String(received),
          topic,
          payload,
          from: {
            endpointId: 'e',
            userId: 'u',
            participant: name === undefined ? undefined : participantOf(name),
          },
          sentAt: '2026-01-05T10:00:00.000Z',
          sequence: received,
          to: undefined,
        });
      };
      return () => {};
    },
    send: async () => {
      if (isOffline) throw new NotJoinedError();
      return { id: 'm', sentAt: '2026-01-05T10:00:00.000Z', sequence: 1 };
    },
  } as unknown as Conference;
  const typed = {
    participant: ({ metadata }: Participant) => ({ name: metadata['name'], isHandRaised: false }),
  } as unknown as TypedCall;
  const sdk = { messageListOf, selectSelf: () => participantOf('Ada') };
  chat = createChat(sdk, conference, typed, ({ name, text }) => announced.push(`${name}: ${text}`));
});

const lines = (): readonly ChatLine[] => chat.linesOf(messageListOf(conference, chatTopic).getSnapshot());
const shown = () => lines().map(({ name, text }) => `${name}: ${text}`);

it('counts and announces what arrives while it is closed', () => {
  receive({ text: 'one' }, 'Bob');
  receive({ text: 'two' }, 'Bob');
  expect(chat.getSnapshot().unread).toBe(2);
  expect(announced).toEqual(['Bob: one', 'Bob: two']);
  chat.setVisible(true);
  receive({ text: 'three' }, 'Bob');
  expect(chat.getSnapshot().unread).toBe(0);
  chat.setVisible(false);
  receive({ text: 'four' }, 'Bob');
  expect(chat.getSnapshot().unread).toBe(1);
  expect(announced).toEqual(['Bob: one', 'Bob: two', 'Bob: four']);
});

it('shows an own message while it is sent and when it fails, and never counts it', async () => {
  const list = messageListOf(conference, chatTopic);
  isOffline = true;
  const sending = list.send(chat.payloadOf(' hi ') ?? '');
  expect(lines()).toMatchObject([{ name: 'Ada', text: 'hi', isOwn: true, isSending: true, problem: '' }]);
  await expect(sending).rejects.toThrow(NotJoinedError);
  expect(lines()).toMatchObject([{ isSending: false, problem: 'You aren’t in a call.' }]);
  isOffline = false;
  await list.retry(lines()[0]?.key ?? '');
  expect(lines()).toMatchObject([{ text: 'hi', isSending: false, problem: '' }]);
  expect(chat.getSnapshot().unread).toBe(0);
});

it('sends nothing without content', () => {
  expect(chat.payloadOf(' \n ')).toBeUndefined();
});

it('shows the name in the conference, and the one in the message once the sender has left', () => {
  receive({ text: 'hi', name: 'Ada' }, 'Eve');
  receive({ text: 'bye', name: 'Eve' });
  receive({ text: 'who?' });
  expect(shown()).toEqual(['Eve: hi', 'Eve: bye', 'Guest: who?']);
});

it.each([null, 7, 'text', [], {}, { text: 7 }, { text: '' }, { text: 'x', name: 7 }])(
  'leaves out what is not chat: %j',
  (payload) => {
    receive(payload, 'Bob');
    receive({ text: 'noise' }, 'Bob', 'other');
    expect(lines()).toEqual([]);
    expect(chat.getSnapshot().unread).toBe(0);
  },
);

it('shortens long texts and names', () => {
  receive({ text: 'x'.repeat(60_000) }, 'y'.repeat(5_000));
  expect(shown()).toEqual([`${'y'.repeat(59)}…: ${'x'.repeat(999)}…`]);
});
