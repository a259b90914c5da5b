import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { FakeServer } from '../testing/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { selectRemoteParticipants, selectRemoteStreams, selectSelf } from '../conference/selectors.ts';
import type { Conference } from '../conference/conference.ts';
import type { InvalidData } from './typed-conference.ts';
import { withSchemas } from './with-schemas.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

const schemas = {
  participant: z.object({ name: z.string(), role: z.enum(['agent', 'guest']).default('guest') }),
  stream: z.object({ camera: z.enum(['face', 'desk']) }),
  conference: {
    topic: z.string(),
    votes: z.record(z.string(), z.number()),
    closesAt: z.iso.datetime().transform((text) => new Date(text)),
  },
  events: { MessageSentEvent: z.strictObject({ text: z.string().min(1) }) },
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

/** Messages as short as they can be: where and what. */
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
  return place.kind === 'conference' ? `entry ${place.key}` : `event ${place.event.originalType}`;
}

useFakeConference((fakes) => {
  ({ server } = fakes);
});

afterEach(async () => {
  await Promise.all([ada.leave(), bob.leave()]);
});

describe('reading', () => {
  test('a participant gives what its schema makes of its metadata, the same object as long as that is the same', async () => {
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

  test('a stream is read as it is announced', async () => {
    await joinBoth();
    const app = withSchemas(ada, schemas);
    const cameras: unknown[] = [];
    ada.on('stream-published', ({ stream }) => void cameras.push(app.stream(stream)?.camera));
    await bob.publishStream({ camera: true, metadata: { camera: 'desk' } });
    await settle();
    expect(cameras).toEqual(['desk']);
  });

  test('an entry is text where the schema takes the text, else what the text says in JSON', async () => {
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

  test('what has no schema comes as it is', async () => {
    await joinBoth();
    expect(withSchemas(ada, {}).participant(bobSeenByAda())).toEqual({ name: 'bob' });
  });

  test('what is not valid is undefined', async () => {
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

  test('arrives with its own fields typed, and with its envelope', async () => {
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

  test('that is not valid reaches the listeners of what is invalid only', async () => {
    const listener = vi.fn<() => void>();
    withSchemas(ada, schemas).on('MessageSentEvent', listener);
    const heard = listenToInvalid(ada);
    server.sendOutside({ type: 'MessageSentEvent', text: '' });
    await settle();
    expect(listener).not.toHaveBeenCalled();
    expect(heard).toEqual(['event MessageSentEvent {"text":""} 1']);
  });
});

describe('what is not valid', () => {
  test('is told with its place, once for each value, also what is there already', async () => {
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

  test('is told no more after the listener was taken back, not even in the same moment', async () => {
    await joinBoth();
    await bob.setParticipantMetadata({});
    await settle();
    const listener = vi.fn<() => void>();
    withSchemas(ada, schemas).onInvalid(listener)();
    await bob.setParticipantMetadata({ name: null });
    await settle();
    expect(listener).not.toHaveBeenCalled();
  });

  test.each([
    [
      'throws',
      () => {
        throw new TypeError('no idea');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('no idea'))],
  ])('reaches all listeners, and one that %s ends as any listener does', async (_how, fail) => {
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

  test.each([
    [
      'throws',
      () => {
        throw new TypeError('no name');
      },
      'no name',
    ],
    ['throws, behind a promise', () => Promise.reject(new TypeError('no name')), 'does not answer at once'],
  ])('includes what makes a rule of the app stumble: it %s', async (_how, validate, message) => {
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
  test('sends the input, which each reader makes its own output of', async () => {
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

  test('refuses what is not valid before it is sent, with the issues', async () => {
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

  test('refuses what the others could not read, because JSON has no words for it', async () => {
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

/** Types flow: it is here for the compiler. */
export async function types(conference: Conference): Promise<void> {
  const app = withSchemas(conference, schemas);
  const role: 'agent' | 'guest' | undefined = app.participant({ metadata: {} })?.role;
  const camera: 'face' | 'desk' | undefined = app.stream({ metadata: {} })?.camera;
  const closesAt: Date | undefined = app.entry('closesAt');
  app.on('MessageSentEvent', ({ data: { text } }) => void text.trim());
  // The input's default may be left out.
  await app.setParticipantMetadata({ name: `${role} ${camera}` });
  await app.setMetadata('closesAt', closesAt?.toISOString() ?? '');
  // @ts-expect-error -- of the wrong type
  await app.setParticipantMetadata({ name: 7 });
  // @ts-expect-error -- the input is text, only the output is a date
  await app.setMetadata('closesAt', new Date());
  // @ts-expect-error -- a key without a schema
  app.entry('colour');
  // @ts-expect-error -- an event without a schema
  app.on('HandRaisedEvent', () => {});
  // @ts-expect-error -- no events at all
  withSchemas(conference, { participant: schemas.participant }).on('MessageSentEvent', () => {});
}
