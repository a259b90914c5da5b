import { NotFoundError, TooManyRequestsError } from '@parley-rtc/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
// Loaded in advance, because fake timers do not wait for files.
import '../conference/conference-messages.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

afterEach(() => {
  server.intercept = () => {};
});

/** Records the payloads that a participant receives. */
function received(conference: Conference): unknown[] {
  const payloads: unknown[] = [];
  conference.on('message', ({ payload }) => {
    payloads.push(payload);
  });
  return payloads;
}

const loseMessages: FakeServer['intercept'] = ({ operation }) => {
  if (operation === 'sendMessages') throw broken(operation);
};

async function threePeople(): Promise<readonly [Conference, Conference, Conference]> {
  const people = [await joinAs(server, 'ada'), await joinAs(server, 'bob'), await joinAs(server, 'cyd')];
  await settle();
  return people as [Conference, Conference, Conference];
}

describe.each([
  ['by push', true],
  ['by poll', false],
])('messages %s', (_how, hasPush) => {
  it('reach all others once, in the order of the calls', async () => {
    server.hasPush = hasPush;
    const [ada, bob, cyd] = await threePeople();
    const [adas, bobs, cyds] = [received(ada), received(bob), received(cyd)];
    await Promise.all([1, 2, 3].map((number) => ada.send('count', number)));
    await ada.send('count', 4);
    await settle();
    expect([adas, bobs, cyds]).toEqual([[], [1, 2, 3, 4], [1, 2, 3, 4]]);
  });

  it('that were sent while we were dropped arrive when we are back, and nothing is reported as an error', async () => {
    server.hasPush = hasPush;
    const [ada, bob] = await threePeople();
    const [bobs, heard] = [received(bob), listenTo(bob)];
    await ada.send('chat', 'before');
    await settle();
    server.intercept = ({ operation }) => {
      if (operation === 'registerUserEndpoint') throw broken(operation);
    };
    server.endpoints.delete(bob.endpointId);
    server.removeEndpoint(bob.endpointId);
    await settle();
    await ada.send('chat', 'meanwhile');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(bobs).toEqual(['before']);
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(10_000);
    await ada.send('chat', 'after');
    await settle();
    expect(bobs).toEqual(['before', 'meanwhile', 'after']);
    expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('with recipients reach only these', async () => {
    server.hasPush = hasPush;
    const [ada, bob, cyd] = await threePeople();
    const [bobs, cyds] = [received(bob), received(cyd)];
    const [participant] = bob.state
      .getSnapshot()
      .conference.participants.filter(({ id }) => id === bob.endpointId);
    await ada.send('secret', 'by id', { to: bob.endpointId });
    await ada.send('secret', 'by participant', { to: participant ? [participant] : [] });
    await settle();
    expect([bobs, cyds]).toEqual([['by id', 'by participant'], []]);
  });

  it('sent since we joined reach a listener that comes late, and only the first one', async () => {
    server.hasPush = hasPush;
    const ada = await joinAs(server, 'ada');
    await ada.send('chat', 'before bob');
    const bob = await joinAs(server, 'bob');
    await ada.send('chat', 'after bob');
    await settle();
    const first = received(bob);
    await settle();
    const second = received(bob);
    await ada.send('chat', 'last');
    await settle();
    expect([first, second]).toEqual([['after bob', 'last'], ['last']]);
  });

  it('from before we joined come first if we ask for them', async () => {
    server.hasPush = hasPush;
    const ada = await joinAs(server, 'ada');
    await ada.send('chat', 'early');
    const bob = await joinAs(server, 'bob', { messageHistory: true });
    const bobs = received(bob);
    await settle();
    expect(bobs).toEqual(['early']);
  });

  it('sent while the receiver reconnects arrive once', async () => {
    server.hasPush = hasPush;
    const [ada, bob] = await threePeople();
    const bobs = received(bob);
    await ada.send('chat', 1);
    await settle();
    server.breakPushes();
    server.breakPolls();
    await ada.send('chat', 2);
    await vi.advanceTimersByTimeAsync(5_000);
    server.breakPushes();
    server.breakPolls();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(bobs).toEqual([1, 2]);
  });

  it('that arrived while nobody listened reach the next listener', async () => {
    server.hasPush = hasPush;
    const [ada, bob] = await threePeople();
    const firsts: unknown[] = [];
    const stop = bob.on('message', ({ payload }) => {
      firsts.push(payload);
    });
    await ada.send('chat', 1);
    await settle();
    stop();
    await ada.send('chat', 2);
    await vi.advanceTimersByTimeAsync(1_000);
    const seconds = received(bob);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([firsts, seconds]).toEqual([[1], [2]]);
  });
});

it('a message says who sent it, when, and to whom', async () => {
  const [ada, bob] = await threePeople();
  const messages: unknown[] = [];
  bob.on('message', (message) => {
    messages.push(message);
  });
  const { id, sentAt, sequence } = await ada.send('greeting', { text: 'hi' }, { to: [bob.endpointId] });
  await settle();
  expect(messages).toMatchObject([
    {
      id,
      sentAt,
      sequence,
      topic: 'greeting',
      payload: { text: 'hi' },
      from: { endpointId: ada.endpointId, userId: 'ada', participant: { metadata: { name: 'ada' } } },
      to: [bob.endpointId],
    },
  ]);
});

it('a message of a user who left does not name another user who has its endpoint now', async () => {
  const [ada, bob] = await threePeople();
  const senders: unknown[] = [];
  bob.on('message', ({ from }) => {
    senders.push([from.userId, from.participant]);
  });
  server.distort = (events) =>
    (events as readonly { readonly type: string }[]).map((event) =>
      event.type === 'ConferenceMessageSentEvent' ? { ...event, userId: 'former owner' } : event,
    );
  await ada.send('chat', 1);
  await settle();
  expect(senders).toEqual([['former owner', undefined]]);
});

it('bytes arrive as bytes', async () => {
  const [ada, bob] = await threePeople();
  const bobs = received(bob);
  const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 256);
  await ada.send('file', bytes);
  await ada.send('file', new Uint8Array());
  await settle();
  expect(bobs).toEqual([bytes, new Uint8Array()]);
});

it('a payload arrives as it was at the call, although the app uses its memory again', async () => {
  const [ada, bob] = await threePeople();
  const bobs = received(bob);
  const [buffer, position] = [new Uint8Array(1), { x: 0 }];
  const sent = [1, 2].flatMap((number) => {
    buffer[0] = number;
    position.x = number;
    return [ada.send('file', buffer), ada.send('position', position)];
  });
  await Promise.all(sent);
  await settle();
  expect(bobs).toEqual([new Uint8Array([1]), { x: 1 }, new Uint8Array([2]), { x: 2 }]);
});

it('bytes that are no base64 arrive as text, and do not stop what comes after', async () => {
  const [ada, bob] = await threePeople();
  const bobs = received(bob);
  const hostile = { id: 'hostile', topic: 'file', payload: '*', contentType: 'application/octet-stream' };
  const own = { conferenceId: 'room', userEndpointId: ada.endpointId };
  await server.api('ada').sendMessages({ ...own, messages: [hostile] });
  await ada.send('file', 'next');
  await settle();
  expect(bobs).toEqual(['*', 'next']);
});

it('nothing is asked for while nobody listens', async () => {
  const [ada, bob] = await threePeople();
  await ada.send('chat', 1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.messages.reads).toBe(0);
  received(bob);
  await settle();
  expect(server.messages.reads).toBeGreaterThan(0);
});

it('announces that messages were missed', async () => {
  const [ada, bob] = await threePeople();
  server.messages.mostKept = 2;
  const heard = listenTo(bob);
  const stop = bob.on('message', () => {});
  await ada.send('chat', 0);
  await settle();
  stop();
  await Promise.all([1, 2, 3, 4].map((number) => ada.send('chat', number)));
  const bobs = received(bob);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(bobs).toEqual([3, 4]);
  expect(heard.filter((line) => line.startsWith('error'))).toEqual(['error ERR_MESSAGES_MISSED']);
});

describe('sending', () => {
  it('gathers the messages of a moment in one request, and never has two under way', async () => {
    const [ada, bob] = await threePeople();
    const bobs = received(bob);
    let running = 0;
    let most = 0;
    server.intercept = async ({ operation }) => {
      if (operation !== 'sendMessages') return;
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    };
    await Promise.all(Array.from({ length: 250 }, (_, index) => ada.send('count', index)));
    await settle();
    expect(most).toBe(1);
    expect(server.callsOf('sendMessages')).toHaveLength(3);
    expect(bobs).toEqual(Array.from({ length: 250 }, (_, index) => index));
  });

  it('tries again with the same ids when the answer is lost, and nobody receives a message twice', async () => {
    const [ada, bob] = await threePeople();
    const bobs = received(bob);
    await settle();
    const api = server.api('ada');
    let isLost = false;
    server.intercept = async ({ operation, command }) => {
      if (operation !== 'sendMessages' || isLost) return;
      isLost = true;
      await api.sendMessages(command as never);
      throw broken(operation);
    };
    const sent = ada.send('chat', 'once');
    await vi.advanceTimersByTimeAsync(2_000);
    await sent;
    await settle();
    expect(bobs).toEqual(['once']);
  });

  it('with the id of an earlier one arrives once, also when no answer to the first came in time', async () => {
    const [ada, bob] = await threePeople();
    const bobs = received(bob);
    await settle();
    const api = server.api('ada');
    server.intercept = async ({ operation, command }) => {
      if (operation !== 'sendMessages') return;
      server.intercept = () => {};
      await api.sendMessages(command as never);
      server.intercept = loseMessages;
      throw broken(operation);
    };
    const refused = rejectionOf(ada.send('chat', 'once', { id: 'mine', timeoutMs: 1_000 }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await refused).toMatchObject({ code: 'ERR_TIMEOUT' });
    server.intercept = () => {};
    expect(await ada.send('chat', 'once', { id: 'mine' })).toMatchObject({ id: 'mine' });
    await settle();
    expect(bobs).toEqual(['once']);
  });

  it('waits while we are rejoining', async () => {
    const [ada, bob] = await threePeople();
    const bobs = received(bob);
    server.endpoints.delete(ada.endpointId);
    server.removeEndpoint(ada.endpointId);
    await settle();
    await ada.send('chat', 'back again');
    await settle();
    expect(bobs).toEqual(['back again']);
  });

  it('gives up after its deadline, and does not send later what was given up', async () => {
    const [ada, bob] = await threePeople();
    const bobs = received(bob);
    server.intercept = loseMessages;
    const refused = rejectionOf(ada.send('chat', 'late', { timeoutMs: 1_000 }));
    const kept = ada.send('chat', 'patient');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await refused).toMatchObject({ code: 'ERR_TIMEOUT' });
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(10_000);
    await kept;
    expect(bobs).toEqual(['patient']);
  });

  it('ends at once when its signal aborts', async () => {
    const [ada] = await threePeople();
    server.intercept = ({ operation }) => (operation === 'sendMessages' ? new Promise(() => {}) : undefined);
    const abort = new AbortController();
    const refused = rejectionOf(ada.send('chat', 'x', { signal: abort.signal }));
    await settle();
    abort.abort();
    expect(await refused).toMatchObject({ code: 'ERR_ABORTED' });
  });

  it('ends at once when its signal has aborted, and does not send', async () => {
    const [ada] = await threePeople();
    const refused = rejectionOf(ada.send('chat', 'x', { signal: AbortSignal.abort() }));
    expect(await refused).toMatchObject({ code: 'ERR_ABORTED' });
    await settle();
    expect(server.callsOf('sendMessages')).toEqual([]);
  });

  it('rejects what is waiting when we leave, and everything after that', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => (operation === 'sendMessages' ? new Promise(() => {}) : undefined);
    const refused = rejectionOf(ada.send('chat', 'x'));
    await settle();
    await ada.leave();
    expect(await refused).toMatchObject({ code: 'ERR_NOT_JOINED' });
    expect(await rejectionOf(ada.send('chat', 'x'))).toMatchObject({ code: 'ERR_NOT_JOINED' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects only the message that the server refuses', async () => {
    const [ada, bob, cyd] = await threePeople();
    const bobs = received(bob);
    await cyd.leave();
    await settle();
    const [first, second, third] = [1, 2, 3].map((number) =>
      ada.send('chat', number, number === 2 ? { to: cyd.endpointId } : {}),
    );
    expect(await rejectionOf(second ?? Promise.resolve())).toMatchObject({ code: 'ERR_RECIPIENT_NOT_FOUND' });
    await Promise.all([first, third]);
    await settle();
    expect(bobs).toEqual([1, 3]);
  });

  it('too much rejects with the time to wait, and does not stop what comes after', async () => {
    const [ada, bob] = await threePeople();
    const bobs = received(bob);
    server.intercept = ({ operation }) => {
      if (operation !== 'sendMessages') return;
      throw new TooManyRequestsError({ operation, status: 429, retryAfterMs: 30_000 });
    };
    expect(await rejectionOf(ada.send('chat', 1))).toMatchObject({
      code: 'ERR_TOO_MANY_REQUESTS',
      retryAfterMs: 30_000,
    });
    server.intercept = () => {};
    await ada.send('chat', 2);
    await settle();
    expect(bobs).toEqual([2]);
  });

  it('says that a server does not support messages', async () => {
    server.hasMessages = false;
    const [ada] = await threePeople();
    expect(await rejectionOf(ada.send('chat', 1))).toMatchObject({
      code: 'ERR_UNSUPPORTED_BY_SERVER',
      extension: 'messages',
      cause: expect.any(NotFoundError) as NotFoundError,
    });
  });

  it('does not take the end of the conference, whose event is still on its way, for a server without messages', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => {
      if (operation.startsWith('get') && operation !== 'getEvents')
        throw new NotFoundError({ operation, status: 404 });
      if (operation === 'sendMessages') throw new NotFoundError({ operation, status: 404 });
    };
    expect(await rejectionOf(ada.send('chat', 1))).toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

  it.each([
    ['an empty topic', '', 1],
    ['a long topic', 'x'.repeat(129), 1],
    ['a topic that is not text', 7, 1],
    ['undefined', 'chat', undefined],
    ['a function', 'chat', () => {}],
    ['a bigint', 'chat', 1n],
    ['a circular object', 'chat', circular],
  ])('refuses %s before anything is sent', async (_what, topic, payload) => {
    const [ada] = await threePeople();
    const sending = ada.send(topic as string, payload as never);
    expect(await rejectionOf(sending)).toMatchObject({ code: 'ERR_INVALID_MESSAGE' });
    expect(server.callsOf('sendMessages')).toEqual([]);
  });

  it.each([
    ['nobody', () => []],
    ['ourselves', (ada: Conference) => ada.endpointId],
  ])('refuses to send to %s', async (_who, to) => {
    const [ada] = await threePeople();
    const sending = ada.send('chat', 1, { to: to(ada) });
    expect(await rejectionOf(sending)).toMatchObject({ code: 'ERR_RECIPIENT_NOT_FOUND' });
    expect(server.callsOf('sendMessages')).toEqual([]);
  });
});

it('a listener that is removed twice does not remove others', async () => {
  const [ada, bob] = await threePeople();
  const stop = bob.on('message', () => {});
  const bobs = received(bob);
  stop();
  stop();
  await ada.send('chat', 'still here');
  await settle();
  expect(bobs).toEqual(['still here']);
});

it('what was given up while we rejoined is not sent afterwards', async () => {
  const [ada, bob] = await threePeople();
  const bobs = received(bob);
  server.intercept = ({ operation }) => {
    if (operation === 'registerUserEndpoint') throw broken(operation);
  };
  server.endpoints.delete(ada.endpointId);
  server.removeEndpoint(ada.endpointId);
  await settle();
  const refused = rejectionOf(ada.send('chat', 'late', { timeoutMs: 1_000 }));
  const kept = ada.send('chat', 'patient');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await refused).toMatchObject({ code: 'ERR_TIMEOUT' });
  server.intercept = () => {};
  await vi.advanceTimersByTimeAsync(10_000);
  await kept;
  await settle();
  expect(bobs).toEqual(['patient']);
});
