import { beforeEach, describe, expect, it, vi } from 'vitest';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { createMediaEncryption, type MediaKeys } from '../encryption/create-media-encryption.ts';
import { FakeEncryptionWorker, stubEncodedTransforms } from '../testing/fake-encryption-worker.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
// Loaded in advance, because fake timers do not wait for files.
import '../conference/conference-messages.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

beforeEach(() => {
  stubEncodedTransforms();
});

const secret = new Uint8Array(32).fill(7);

function keysOf(key?: Uint8Array): MediaKeys {
  const worker = new FakeEncryptionWorker() as unknown as Worker;
  return createMediaEncryption({ worker, ...(key && { key }) });
}

interface Person {
  readonly conference: Conference;
  readonly received: unknown[];
  readonly heard: readonly string[];
}

async function enter(name: string, encryption?: MediaKeys): Promise<Person> {
  const conference = await joinAs(server, name, encryption && { encryption });
  const received: unknown[] = [];
  conference.on('message', ({ payload }) => {
    received.push(payload);
  });
  return { conference, received, heard: listenTo(conference) };
}

/** WebCrypto works in real time, which fake timers do not wait for. */
const untilReceived = ({ received }: Person, payloads: readonly unknown[]) =>
  vi.waitFor(() => expect(received).toEqual(payloads));

const untilHeard = ({ heard }: Person, line: string) => vi.waitFor(() => expect(heard).toContain(line));

const notDecrypted = 'error ERR_MESSAGE_NOT_DECRYPTED';

it('encrypted messages arrive in the order of the calls, and the server reads none of them', async () => {
  const [ada, bob] = [await enter('ada', keysOf(secret)), await enter('bob', keysOf(secret))];
  await Promise.all([ada.conference.send('chat', 'hush'), ada.conference.send('chat', { secret: true })]);
  await ada.conference.send('file', new Uint8Array([1, 2, 3]));
  await untilReceived(bob, ['hush', { secret: true }, new Uint8Array([1, 2, 3])]);
  const wire = JSON.stringify(server.callsOf('sendMessages'));
  expect(wire).not.toMatch(/hush|secret/);
  expect(wire).toContain('chat');
});

it('a recipient who is named twice receives the message once', async () => {
  const [ada, bob] = [await enter('ada', keysOf(secret)), await enter('bob', keysOf(secret))];
  const to = bob.conference.endpointId;
  await ada.conference.send('chat', 'hush', { to: [to, to] });
  await untilReceived(bob, ['hush']);
  expect(bob.heard).not.toContain(notDecrypted);
});

it('the last messages before the end arrive before it', async () => {
  const [ada, bob] = [await enter('ada', keysOf(secret)), await enter('bob', keysOf(secret))];
  const order: unknown[] = [];
  bob.conference.on('message', ({ payload }) => void order.push(payload));
  bob.conference.on('ended', () => void order.push('ended'));
  await Promise.all([ada.conference.send('chat', 'thanks'), ada.conference.send('chat', 'bye')]);
  await ada.conference.end();
  await vi.waitFor(() => expect(order).toContain('ended'));
  expect(order).toEqual(['thanks', 'bye', 'ended']);
  expect(bob.conference.state.getSnapshot().connection).toBe('ended');
});

it('the same content never looks the same twice', async () => {
  const ada = await enter('ada', keysOf(secret));
  await ada.conference.send('chat', 'again');
  await ada.conference.send('chat', 'again');
  const sent = server.callsOf('sendMessages') as { messages: { payload: string }[] }[];
  const payloads = sent.flatMap(({ messages }) => messages.map(({ payload }) => payload));
  expect(new Set(payloads).size).toBe(2);
});

it('nothing is sent before the first key', async () => {
  const ada = await enter('ada', keysOf());
  expect(await rejectionOf(ada.conference.send('chat', 'x'))).toMatchObject({ code: 'ERR_MEDIA_ENCRYPTION' });
  expect(server.callsOf('sendMessages')).toEqual([]);
});

it('messages of a former key are read after a change of keys', async () => {
  const [adas, bobs] = [keysOf(secret), keysOf(secret)];
  const [ada, bob] = [await enter('ada', adas), await enter('bob', bobs)];
  await bobs.setKey(new Uint8Array(32).fill(9), { keyIndex: 1 });
  await ada.conference.send('chat', 'old key');
  await adas.setKey(new Uint8Array(32).fill(9), { keyIndex: 1 });
  await ada.conference.send('chat', 'new key');
  await untilReceived(bob, ['old key', 'new key']);
  expect(bob.heard).not.toContain(notDecrypted);
});

describe('a message is dropped and reported', () => {
  it('by someone with another key', async () => {
    const ada = await enter('ada', keysOf(secret));
    const eve = await enter('eve', keysOf(new Uint8Array(32).fill(1)));
    await ada.conference.send('chat', 'hush');
    await untilHeard(eve, notDecrypted);
    expect(eve.received).toEqual([]);
  });

  it('by someone who joined without encryption', async () => {
    const [ada, eve] = [await enter('ada', keysOf(secret)), await enter('eve')];
    await ada.conference.send('chat', 'hush');
    await untilHeard(eve, notDecrypted);
    expect(eve.received).toEqual([]);
  });

  it('when it was not encrypted', async () => {
    const [ada, eve] = [await enter('ada', keysOf(secret)), await enter('eve')];
    await eve.conference.send('chat', 'trust me');
    await untilHeard(ada, notDecrypted);
    expect(ada.received).toEqual([]);
  });

  it.each([
    ['its topic', (message: Sent) => ({ ...message, topic: 'payment' })],
    ['its sender', (message: Sent) => ({ ...message, userEndpointId: 'someone else' })],
    ['its recipients', (message: Sent) => ({ ...message, to: ['someone else'] })],
    ['its id', (message: Sent) => ({ ...message, messageId: 'another' })],
    [
      'its content',
      (message: Sent) => ({
        ...message,
        payload:
          `A${message.payload.slice(1)}` === message.payload
            ? `B${message.payload.slice(1)}`
            : `A${message.payload.slice(1)}`,
      }),
    ],
    ['its content to something short', (message: Sent) => ({ ...message, payload: 'AA==' })],
    ['its content to no base64', (message: Sent) => ({ ...message, payload: '*' })],
  ])('when the server changed %s', async (_what, change) => {
    const [ada, bob] = [await enter('ada', keysOf(secret)), await enter('bob', keysOf(secret))];
    server.distort = (events) => events.map((event) => (isMessage(event) ? change(event) : event));
    await ada.conference.send('chat', 'hush');
    await untilHeard(bob, notDecrypted);
    expect(bob.received).toEqual([]);
  });

  it('when the server repeats it', async () => {
    const [ada, bob] = [await enter('ada', keysOf(secret)), await enter('bob', keysOf(secret))];
    server.distort = (events) =>
      events.flatMap((event) =>
        isMessage(event) ? [event, { ...event, id: 'again', sequence: event.sequence + 1 }] : [event],
      );
    await ada.conference.send('chat', 'pay 10');
    await untilHeard(bob, notDecrypted);
    expect(bob.received).toEqual(['pay 10']);
  });
});

interface Sent {
  readonly type: string;
  readonly payload: string;
  readonly sequence: number;
}

function isMessage(event: unknown): event is Sent {
  return (event as Sent).type === 'ConferenceMessageSentEvent';
}

it('requests are not handled after leaving', async () => {
  const [ada, bob] = [await enter('ada', keysOf(secret)), await enter('bob', keysOf(secret))];
  const handled: unknown[] = [];
  let isLeft = false;
  bob.conference.onRequest('ping', ({ payload }) => void handled.push([payload, isLeft]));
  bob.conference.on('message', () => {
    isLeft = true;
    void bob.conference.leave();
  });
  await Promise.all([
    ada.conference.send('chat', 'go'),
    rejectionOf(ada.conference.request('ping', 1, { to: bob.conference.endpointId, timeoutMs: 200 })),
    vi.waitFor(() => expect(isLeft).toBe(true)).then(() => vi.advanceTimersByTimeAsync(300)),
  ]);
  expect(handled).toEqual([]);
});

it('a message that waits while we rejoin can be read when the server assigns another endpoint id', async () => {
  const [ada, bob] = [await enter('ada', keysOf(secret)), await enter('bob', keysOf(secret))];
  const former = ada.conference.endpointId;
  server.intercept = ({ operation }) => {
    if (operation === 'registerUserEndpoint' || operation === 'sendMessages') throw broken(operation);
  };
  const sent = ada.conference.send('chat', 'hush');
  // Encrypting takes real time.
  await vi.waitFor(() => expect(server.callsOf('sendMessages')).not.toEqual([]));
  server.endpoints.delete(former);
  server.removeEndpoint(former);
  await vi.advanceTimersByTimeAsync(1_000);
  server.intercept = ({ operation, command }) => {
    if (operation === 'registerUserEndpoint') Object.assign(command as object, { userEndpointId: 'other' });
  };
  await vi.waitFor(() =>
    vi.advanceTimersByTimeAsync(1_000).then(() => expect(ada.conference.endpointId).toBe('other')),
  );
  await vi.advanceTimersByTimeAsync(5_000);
  await sent;
  await untilReceived(bob, ['hush']);
  expect(bob.heard).not.toContain(notDecrypted);
});
