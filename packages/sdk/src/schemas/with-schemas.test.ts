import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { selectRemoteParticipants, selectRemoteStreams, selectSelf } from '../state/selectors.ts';
import { joinAs } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { InvalidData } from './typed-conference.ts';
import { withSchemas } from './with-schemas.ts';
// Loaded in advance, because fake timers do not wait for files.
import '../messages/outbox.ts';

const schemas = {
  participant: z.object({ name: z.string(), role: z.enum(['agent', 'guest']).default('guest') }),
  stream: z.object({ camera: z.enum(['face', 'desk']) }),
  conference: {
    topic: z.string(),
    votes: z.record(z.string(), z.number()),
    closesAt: z.iso.datetime().transform((text) => new Date(text)),
  },
  events: { MessageSentEvent: z.strictObject({ text: z.string().min(1) }) },
  messages: {
    chat: z.object({ text: z.string().min(1), isUrgent: z.boolean().default(false) }),
    file: z.instanceof(Uint8Array),
    at: z.iso.datetime().transform((text) => new Date(text)),
  },
};

let server: FakeServer;
let ada: Conference;
let bob: Conference;

const joinBoth = async () => {
  ada = await joinAs(server, 'ada');
  bob = await joinAs(server, 'bob');
  await settle();
};
const bobSeenByAda = () => selectRemoteParticipants(ada.state.getSnapshot())[0] ?? { metadata: {} };

/** Records each invalid value as its place, the value and the number of issues. */
function listenToInvalid(conference: Conference): string[] {
  const heard: string[] = [];
  withSchemas(conference, schemas).onInvalid(({ place, value, issues }) => {
    heard.push(`${whereOf(place)} ${JSON.stringify(value)} ${issues.length}`);
  });
  return heard;
}

function whereOf(place: InvalidData['place']): string {
  if (place.kind === 'participant') return `participant ${place.participant.userId}`;
  if (place.kind === 'stream') return `stream of ${place.participant.userId}`;
  if (place.kind === 'message') return `message ${place.message.topic} of ${place.message.from.userId}`;
  return place.kind === 'conference' ? `entry ${place.key}` : `event ${place.event.originalType}`;
}

useFakeConference((fakes) => {
  ({ server } = fakes);
});

afterEach(async () => {
  await Promise.all([ada.leave(), bob.leave()]);
});

describe('reading', () => {
  it("returns the output of a participant's schema, the same object until the metadata changes", async () => {
    await joinBoth();
    const app = withSchemas(ada, schemas);
    const first = app.participant(bobSeenByAda());
    expect(first).toEqual({ name: 'bob', role: 'guest' });
    await bob.publishStream({ microphone: true });
    await settle();
    expect(app.participant(bobSeenByAda())).toBe(first);
    await bob.setParticipantMetadata({ name: 'Robert', role: 'agent' });
    await settle();
    expect(app.participant(bobSeenByAda())).toEqual({ name: 'Robert', role: 'agent' });
  });

  it('reads a stream when it is announced', async () => {
    await joinBoth();
    const app = withSchemas(ada, schemas);
    const cameras: unknown[] = [];
    ada.on('stream-published', ({ stream }) => void cameras.push(app.stream(stream)?.camera));
    await bob.publishStream({ camera: true, metadata: { camera: 'desk' } });
    await settle();
    expect(cameras).toEqual(['desk']);
  });

  it('reads an entry as text if the schema accepts that, otherwise as the JSON in it', async () => {
    await joinBoth();
    const app = withSchemas(ada, schemas);
    expect(app.entry('topic')).toBeUndefined();
    await bob.setMetadata('topic', '42');
    await bob.setMetadata('votes', '{"cats":2}');
    await bob.setMetadata('closesAt', '2026-01-01T00:00:00Z');
    await settle();
    expect(app.entry('topic')).toBe('42');
    expect(app.entry('votes')).toEqual({ cats: 2 });
    expect(app.entry('votes')).toBe(app.entry('votes'));
    expect(app.entry('closesAt')?.getTime()).toBe(Date.UTC(2026, 0));
  });

  it('returns data without a schema unchanged', async () => {
    await joinBoth();
    expect(withSchemas(ada, {}).participant(bobSeenByAda())).toEqual({ name: 'bob' });
  });

  it('returns undefined for invalid data', async () => {
    await joinBoth();
    await bob.setParticipantMetadata({ name: 7 });
    await bob.setMetadata('votes', 'many');
    await settle();
    const app = withSchemas(ada, schemas);
    expect(app.participant(bobSeenByAda())).toBeUndefined();
    expect(app.entry('votes')).toBeUndefined();
  });
});

describe('an event of the server', () => {
  beforeEach(async () => {
    server.hasPush = true;
    await joinBoth();
  });

  it('arrives with its typed fields and its envelope', async () => {
    const heard: unknown[] = [];
    const off = withSchemas(ada, schemas).on('MessageSentEvent', ({ data, event }) => {
      heard.push([data, event.conferenceId]);
    });
    server.sendOutside({ type: 'MessageSentEvent', text: 'hello' });
    server.sendOutside({ type: 'HandRaisedEvent', text: 'of another type' });
    await settle();
    off();
    server.sendOutside({ type: 'MessageSentEvent', text: 'too late' });
    await settle();
    expect(heard).toEqual([[{ text: 'hello' }, 'room']]);
  });

  it('that is invalid reaches only the listeners of invalid data', async () => {
    const listener = vi.fn<() => void>();
    withSchemas(ada, schemas).on('MessageSentEvent', listener);
    const heard = listenToInvalid(ada);
    server.sendOutside({ type: 'MessageSentEvent', text: '' });
    await settle();
    expect(listener).not.toHaveBeenCalled();
    expect(heard).toEqual(['event MessageSentEvent {"text":""} 1']);
  });
});

describe('a message', () => {
  beforeEach(joinBoth);

  it('arrives typed, for listeners of its topic', async () => {
    const heard: unknown[] = [];
    const app = withSchemas(ada, schemas);
    const off = app.onMessage('chat', ({ data, message }) => void heard.push([data, message.from.userId]));
    app.onMessage('file', ({ data }) => void heard.push(data.length));
    app.onMessage('at', ({ data }) => void heard.push(data.getTime()));
    const bobs = withSchemas(bob, schemas);
    await bobs.send('chat', { text: 'hello' });
    await bobs.send('file', new Uint8Array([1, 2]));
    await bobs.send('at', '2026-01-01T00:00:00Z');
    await bob.send('other', { text: 'of another topic' });
    await settle();
    off();
    await bobs.send('chat', { text: 'too late' });
    await settle();
    expect(heard).toEqual([[{ text: 'hello', isUrgent: false }, 'bob'], 2, Date.UTC(2026, 0)]);
  });

  it('that is invalid reaches only the listeners of invalid data, once', async () => {
    const listener = vi.fn<() => void>();
    withSchemas(ada, schemas).onMessage('chat', listener);
    const heard = listenToInvalid(ada);
    await bob.send('chat', { text: '' });
    await bob.send('chat', 'no object');
    await bob.send('constructor', 'has no schema');
    await settle();
    expect(listener).not.toHaveBeenCalled();
    expect(heard).toEqual(['message chat of bob {"text":""} 1', 'message chat of bob "no object" 1']);
  });

  it('is not asked for by a listener of invalid data without schemas for messages', async () => {
    const { messages: _, ...others } = schemas;
    withSchemas(ada, others).onInvalid(() => {});
    await bob.send('chat', { text: 'hello' });
    await settle();
    expect(server.messages.reads).toBe(0);
  });

  it('is not received any more after the listener of invalid data is removed', async () => {
    const listener = vi.fn<() => void>();
    withSchemas(ada, schemas).onInvalid(listener)();
    await bob.send('chat', 'no object');
    await settle();
    expect(listener).not.toHaveBeenCalled();
  });

  it('reaches only its recipients', async () => {
    const cyd = await joinAs(server, 'cyd');
    await settle();
    const [adas, cyds]: unknown[][] = [[], []];
    withSchemas(ada, schemas).onMessage('chat', ({ data }) => void adas?.push(data.text));
    withSchemas(cyd, schemas).onMessage('chat', ({ data }) => void cyds?.push(data.text));
    await withSchemas(bob, schemas).send('chat', { text: 'psst' }, { to: ada.endpointId });
    await settle();
    expect([adas, cyds]).toEqual([['psst'], []]);
    await cyd.leave();
  });

  it('is refused before it is sent when its schema does not accept it, with the issues', async () => {
    const app = withSchemas(ada, schemas);
    await expect(app.send('chat', { text: 7 as unknown as string })).rejects.toMatchObject({
      code: 'ERR_INVALID_MESSAGE',
      message: expect.stringContaining("'chat'") as string,
      issues: [{ path: ['text'] }],
    });
    await expect(app.send('at', new Date() as unknown as string)).resolves.toBeDefined();
    await expect(app.send('file', [1] as unknown as Uint8Array<ArrayBuffer>)).rejects.toMatchObject({
      code: 'ERR_INVALID_MESSAGE',
    });
    await expect(app.send('chat', 1n as never)).rejects.toMatchObject({
      code: 'ERR_INVALID_MESSAGE',
      issues: [],
    });
    expect(server.callsOf('sendMessages')).toHaveLength(1);
  });
});

describe('invalid data', () => {
  it('is reported with its place, once per value, including what already exists', async () => {
    await joinBoth();
    await bob.setParticipantMetadata({ name: ['absurd'] });
    await bob.publishStream({ camera: true, metadata: { camera: 'nose' } });
    await settle();
    const heard = listenToInvalid(ada);
    await settle();
    expect(heard).toEqual(['participant bob {"name":["absurd"]} 1', 'stream of bob {"camera":"nose"} 1']);
    await bob.setMetadata('votes', '{"cats":"two"}');
    await bob.publishStream({ microphone: true, metadata: { camera: 'face' } });
    await settle();
    expect(heard.slice(2)).toEqual(['entry votes "{\\"cats\\":\\"two\\"}" 1']);
    await bob.setMetadata('votes', '[]');
    await settle();
    expect(heard).toHaveLength(4);
  });

  it('is not reported after the listener is removed, not even if that happens immediately', async () => {
    await joinBoth();
    await bob.setParticipantMetadata({});
    await settle();
    const listener = vi.fn<() => void>();
    withSchemas(ada, schemas).onInvalid(listener)();
    await bob.setParticipantMetadata({ name: null });
    await settle();
    expect(listener).not.toHaveBeenCalled();
  });

  it('is listened to no longer once the listener is removed', async () => {
    await joinBoth();
    const [stopState, stopEvents] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const subscribe = vi.spyOn(ada.state, 'subscribe').mockReturnValue(stopState);
    const on = vi.spyOn(ada, 'on').mockReturnValue(stopEvents);
    const stop = withSchemas(ada, schemas).onInvalid(() => {});
    const listeners = on.mock.calls.length;
    expect([subscribe.mock.calls.length, listeners > 0]).toEqual([1, true]);
    expect(stopState).not.toHaveBeenCalled();
    stop();
    expect(stopState).toHaveBeenCalledOnce();
    expect(stopEvents).toHaveBeenCalledTimes(listeners);
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('no idea');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('no idea'))],
  ])('reaches all listeners, and announces an error for a listener that %s', async (_how, fail) => {
    await joinBoth();
    const errors: unknown[] = [];
    ada.on('error', ({ error }) => void errors.push(error));
    withSchemas(ada, schemas).onInvalid(fail);
    const heard = listenToInvalid(ada);
    await bob.setParticipantMetadata({});
    await bob.setMetadata('votes', 'many');
    await settle();
    expect(heard).toHaveLength(2);
    const error = { code: 'ERR_LISTENER', event: 'invalid', cause: { message: 'no idea' } };
    expect(errors).toMatchObject([error, error]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('no name');
      },
      'no name',
    ],
    ['throws inside a promise', () => Promise.reject(new TypeError('no name')), 'does not answer at once'],
  ])('includes values for which a rule of the app %s', async (_how, validate, message) => {
    await joinBoth();
    const app = withSchemas(ada, { participant: { '~standard': { version: 1, vendor: 'own', validate } } });
    const heard: string[] = [];
    app.onInvalid(({ issues }) => void heard.push(...issues.map((issue) => issue.message)));
    expect(app.participant(bobSeenByAda())).toBeUndefined();
    await settle();
    expect(heard).toEqual([expect.stringContaining(message), expect.stringContaining(message)]);
    await expect(app.setParticipantMetadata({})).rejects.toMatchObject({ code: 'ERR_INVALID_METADATA' });
  });
});

describe('writing', () => {
  it('sends the input, which each reader transforms into its own output', async () => {
    await joinBoth();
    const app = withSchemas(ada, schemas);
    await app.setParticipantMetadata({ name: 'Ada L.' });
    await app.setMetadata('topic', 'birds');
    await app.setMetadata('votes', { cats: 3 });
    const mine = await ada.publishStream({ camera: true });
    await app.setStreamMetadata(mine, { camera: 'face' });
    await settle();
    const self = selectSelf(ada.state.getSnapshot());
    expect(self?.metadata).toEqual({ name: 'Ada L.' });
    expect(self?.streams[0]?.metadata).toEqual({ camera: 'face' });
    expect(server.conference?.metadata).toMatchObject({
      topic: { value: 'birds' },
      votes: { value: '{"cats":3}' },
    });
    expect(selectRemoteStreams(bob.state.getSnapshot()).map((stream) => app.stream(stream))).toEqual([
      { camera: 'face' },
    ]);
  });

  it('refuses invalid data before sending it, with the issues', async () => {
    await joinBoth();
    const app = withSchemas(ada, schemas);
    const calls = server.calls.length;
    await expect(app.setParticipantMetadata({ name: 7 as unknown as string })).rejects.toMatchObject({
      code: 'ERR_INVALID_METADATA',
      issues: [{ path: ['name'] }],
    });
    await expect(app.setMetadata('closesAt', 'tomorrow')).rejects.toMatchObject({
      code: 'ERR_INVALID_METADATA',
      message: expect.stringContaining("entry 'closesAt'") as string,
    });
    const mine = { setMetadata: vi.fn<() => Promise<void>>() };
    await expect(app.setStreamMetadata(mine, { camera: 'nose' as 'desk' })).rejects.toMatchObject({
      code: 'ERR_INVALID_METADATA',
    });
    expect(mine.setMetadata).not.toHaveBeenCalled();
    expect(server.calls).toHaveLength(calls);
  });

  it('refuses what JSON cannot represent', async () => {
    await joinBoth();
    const app = withSchemas(ada, {
      participant: z.object({ since: z.date() }),
      conference: { count: z.bigint(), nothing: z.undefined() },
    });
    const refused = { code: 'ERR_INVALID_METADATA' };
    await expect(app.setParticipantMetadata({ since: new Date() })).rejects.toMatchObject(refused);
    await expect(app.setMetadata('count', 1n)).rejects.toMatchObject(refused);
    await expect(app.setMetadata('nothing', undefined)).rejects.toMatchObject(refused);
  });
});

/** Only the compiler checks this: types reach the app. */
export async function types(conference: Conference): Promise<void> {
  const app = withSchemas(conference, schemas);
  const role: 'agent' | 'guest' | undefined = app.participant({ metadata: {} })?.role;
  const camera: 'face' | 'desk' | undefined = app.stream({ metadata: {} })?.camera;
  const closesAt: Date | undefined = app.entry('closesAt');
  app.on('MessageSentEvent', ({ data: { text } }) => void text.trim());
  app.onMessage('at', ({ data }) => void data.getTime());
  await app.send('chat', { text: '' });
  // The input may omit a field with a default.
  await app.setParticipantMetadata({ name: `${role} ${camera}` });
  await app.setMetadata('closesAt', closesAt?.toISOString() ?? '');
  // @ts-expect-error -- of the wrong type
  await app.setParticipantMetadata({ name: 7 });
  // @ts-expect-error -- the input is text, only the output is a date
  await app.setMetadata('closesAt', new Date());
  // @ts-expect-error -- of the wrong type
  await app.send('chat', { text: 7 });
  // @ts-expect-error -- a topic without a schema
  await app.send('other', {});
  // @ts-expect-error -- a topic without a schema
  app.onMessage('other', () => {});
  // @ts-expect-error -- a key without a schema
  app.entry('colour');
  // @ts-expect-error -- an event without a schema
  app.on('HandRaisedEvent', () => {});
  // @ts-expect-error -- no events at all
  withSchemas(conference, { participant: schemas.participant }).on('MessageSentEvent', () => {});
}
