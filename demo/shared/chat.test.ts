import type { Conference, UnknownEvent } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createChat, type Chat } from './chat.ts';
import type { TypedCall } from './schemas.ts';

interface Message {
  readonly endpointId: string;
  readonly text: string;
  readonly messageId?: string;
}

let chat: Chat;
/** What the page posted to the back end. */
let posted: Message[];
let isAnswerLost: boolean;
let receive: (message: Message) => void;

beforeEach(() => {
  posted = [];
  isAnswerLost = false;
  let eventId = 0;
  const on = (_type: string, listener: (received: object) => void) => {
    receive = (message) => {
      eventId += 1;
      listener({ data: { ...message, name: 'Ada' }, event: { id: String(eventId) } as UnknownEvent });
    };
    return () => {};
  };
  vi.stubGlobal('fetch', async (_url: string, { body }: { readonly body: string }) => {
    const message = JSON.parse(body) as Message;
    posted.push(message);
    receive(message);
    if (isAnswerLost) throw new TypeError('Failed to fetch');
    return new Response('{}');
  });
  chat = createChat(
    { id: 'room', endpointId: 'ada-1' } as Conference,
    { on } as unknown as TypedCall,
    async () => 'token',
    () => {},
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const texts = () => chat.getSnapshot().messages.map(({ text }) => text);

it('shows a message once that is sent again because its answer was lost', async () => {
  isAnswerLost = true;
  expect(await chat.send('hi')).toBe(false);
  isAnswerLost = false;
  expect(await chat.send('hi')).toBe(true);
  expect(posted).toHaveLength(2);
  expect(texts()).toEqual(['hi']);
});

it('shows the same text twice to whoever sends it twice', async () => {
  await chat.send('hi');
  await chat.send('hi');
  expect(texts()).toEqual(['hi', 'hi']);
});

it('keeps apart what others send', () => {
  receive({ endpointId: 'bob-1', text: 'one', messageId: 'm' });
  receive({ endpointId: 'eve-1', text: 'two', messageId: 'm' });
  receive({ endpointId: 'eve-1', text: 'three' });
  receive({ endpointId: 'eve-1', text: 'four' });
  expect(texts()).toEqual(['one', 'two', 'three', 'four']);
});
