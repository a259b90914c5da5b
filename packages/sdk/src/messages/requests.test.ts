import { InvalidRequestError } from '@parley-rtc/client';
import { expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
// Loaded in advance, because fake timers do not wait for files.
import '../conference/conference-messages.ts';
import './requests.ts';

let server: FakeServer;
let ada: Conference;
let bob: Conference;

useFakeConference(async (fakes) => {
  ({ server } = fakes);
  [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
  await settle();
});

it('a request is answered by the participant whom we ask', async () => {
  const asked: unknown[] = [];
  bob.onRequest('sum', ({ payload, topic, from }) => {
    asked.push([topic, from.userId]);
    const [left = 0, right = 0] = payload as readonly number[];
    return left + right;
  });
  await settle();
  const answers = [
    ada.request('sum', [1, 2], { to: bob.endpointId }),
    ada.request('sum', [3, 4], { to: bob.endpointId }),
  ];
  expect(await Promise.all(answers)).toEqual([3, 7]);
  expect(asked).toEqual([
    ['sum', 'ada'],
    ['sum', 'ada'],
  ]);
});

it('bytes can be asked and answered, and no answer is null', async () => {
  bob.onRequest('reverse', ({ payload }) => (payload as Uint8Array).toReversed());
  bob.onRequest('nothing', () => {});
  const to = bob.endpointId;
  expect(await ada.request('reverse', new Uint8Array([1, 2, 3]), { to })).toEqual(new Uint8Array([3, 2, 1]));
  expect(await ada.request('nothing', null, { to })).toBeNull();
});

it('a page without a handler, or with one that fails, says so at once, without the reason', async () => {
  const heard = listenTo(bob);
  bob.onRequest('fails', () => Promise.reject(new Error('a secret reason')));
  const to = bob.endpointId;
  const missing = await rejectionOf(ada.request('missing', 1, { to }));
  expect(missing).toMatchObject({ code: 'ERR_REQUEST_FAILED', topic: 'missing', hasNoHandler: true });
  const failed = await rejectionOf(ada.request('fails', 1, { to }));
  expect(failed).toMatchObject({ code: 'ERR_REQUEST_FAILED', hasNoHandler: false });
  expect(JSON.stringify(server.callsOf('sendMessages'))).not.toContain('secret');
  expect(heard).toContain('error ERR_LISTENER');
});

it('a page that never answers makes the request time out, or ends with the signal', async () => {
  bob.onRequest('slow', () => new Promise(() => {}));
  const to = bob.endpointId;
  const timedOut = rejectionOf(ada.request('slow', 1, { to }));
  const abort = new AbortController();
  const aborted = rejectionOf(ada.request('slow', 1, { to, signal: abort.signal }));
  await settle();
  abort.abort();
  expect(await aborted).toMatchObject({ code: 'ERR_ABORTED' });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await timedOut).toMatchObject({ code: 'ERR_TIMEOUT' });
});

it('a handler can be removed, and a topic has one at a time', async () => {
  const heard = listenTo(bob);
  const stop = bob.onRequest('ping', () => 'first');
  bob.onRequest('ping', () => 'second');
  const to = bob.endpointId;
  expect(await ada.request('ping', 1, { to })).toBe('first');
  expect(heard).toContain('error ERR_INVALID_OPTIONS');
  stop();
  await settle();
  bob.onRequest('ping', () => 'third');
  expect(await ada.request('ping', 1, { to })).toBe('third');
});

it('requests and answers are no messages, and messages wait for their listener', async () => {
  bob.onRequest('ping', () => 'pong');
  await ada.send('chat', 'early');
  await ada.request('ping', 1, { to: bob.endpointId });
  const [adas, bobs]: unknown[][] = [[], []];
  ada.on('message', ({ payload }) => {
    adas?.push(payload);
  });
  bob.on('message', ({ payload }) => {
    bobs?.push(payload);
  });
  await settle();
  expect([adas, bobs]).toEqual([[], ['early']]);
});

it('apps cannot use the topics of requests', async () => {
  const sending = ada.send('parley.reply', 1);
  expect(await rejectionOf(sending)).toMatchObject({ code: 'ERR_INVALID_MESSAGE' });
});

it.each([
  ['null', null],
  ['text', 'x'],
  ['without an id', { content: { payload: 1 } }],
  ['with an id that is not text', { requestId: 7, content: { payload: 1 } }],
  ['with content that is none', { requestId: 'x', content: null }],
  ['with content without a payload', { requestId: 'x', content: {} }],
])('a request or an answer that no SDK sends is ignored: %s', async (_what, payload) => {
  const heard = listenTo(bob);
  const handler = vi.fn<() => string>(() => 'pong');
  bob.onRequest('ping', handler);
  const own = { conferenceId: 'room', userEndpointId: ada.endpointId };
  const messages = ['parley.request.ping', 'parley.reply'].map((topic) => ({ id: topic, topic, payload }));
  await server.api('ada').sendMessages({ ...own, messages });
  await settle();
  expect(handler).not.toHaveBeenCalled();
  expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(await ada.request('ping', 1, { to: bob.endpointId })).toBe('pong');
});

it('a request ends when we leave', async () => {
  bob.onRequest('slow', () => new Promise(() => {}));
  const asking = rejectionOf(ada.request('slow', 1, { to: bob.endpointId }));
  await settle();
  await ada.leave();
  expect(await asking).toMatchObject({ code: 'ERR_NOT_JOINED' });
});

it('a handler that is removed twice removes neither a later handler nor what listens to messages', async () => {
  const messages: unknown[] = [];
  bob.on('message', ({ payload }) => {
    messages.push(payload);
  });
  const stop = bob.onRequest('ping', () => 'first');
  await settle();
  stop();
  await settle();
  bob.onRequest('ping', () => 'second');
  await settle();
  stop();
  stop();
  await settle();
  expect(await ada.request('ping', null, { to: bob.endpointId })).toBe('second');
  await ada.send('chat', 'hi');
  await settle();
  expect(messages).toEqual(['hi']);
});

it('a handler that is replaced in the same moment, as when a component mounts twice, answers', async () => {
  const heard = listenTo(bob);
  const stop = bob.onRequest('ping', () => 'first');
  stop();
  bob.onRequest('ping', () => 'second');
  expect(await ada.request('ping', 1, { to: bob.endpointId })).toBe('second');
  expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
});

it('whoever asks learns that a handler failed, also from a page without a listener of errors', async () => {
  const uncaught: unknown[] = [];
  const onUncaught = (reason: unknown) => void uncaught.push(reason);
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', onUncaught);
  const bug = new Error('a bug of the app');
  bob.onRequest('fails', () => Promise.reject(bug));
  const failed = rejectionOf(ada.request('fails', 1, { to: bob.endpointId }));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toMatchObject({ code: 'ERR_REQUEST_FAILED', hasNoHandler: false });
  await vi.waitFor(() => expect(uncaught).toEqual([bug]));
  process.removeAllListeners('unhandledRejection');
  for (const other of others) process.on('unhandledRejection', other);
});

it('a payload is asked as it was at the call', async () => {
  bob.onRequest('echo', ({ payload }) => payload);
  const payload = [1];
  const answer = ada.request('echo', payload, { to: bob.endpointId });
  payload.push(2);
  expect(await answer).toEqual([1]);
});

it('whoever asks learns that the answer could not be sent', async () => {
  const heard = listenTo(bob);
  bob.onRequest('huge', () => 'x'.repeat(100_000));
  server.intercept = ({ operation, command }) => {
    if (operation === 'sendMessages' && JSON.stringify(command).length > 65_536)
      throw new InvalidRequestError({ operation, status: 400, serverError: 'invalid_request' });
  };
  const failed = rejectionOf(ada.request('huge', 1, { to: bob.endpointId }));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toMatchObject({ code: 'ERR_REQUEST_FAILED', hasNoHandler: false });
  expect(heard).toContain('error ERR_INVALID_REQUEST');
});

it('a request that was answered is not handled again by a page that asks for the history', async () => {
  bob.onRequest('ping', () => 'pong');
  await ada.request('ping', 1, { to: bob.endpointId });
  const { endpointId } = bob;
  await bob.leave();
  const again = await joinAs(server, 'bob', { endpointId, messageHistory: true });
  const handler = vi.fn<() => string>(() => 'pong');
  again.onRequest('ping', handler);
  await settle();
  expect(handler).not.toHaveBeenCalled();
});
