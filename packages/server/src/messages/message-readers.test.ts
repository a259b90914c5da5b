import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Conferences } from '../conferences/conferences.ts';
import { endConference } from '../conferences/rules/end-conference.ts';
import { joinConference } from '../conferences/rules/join-conference.ts';
import { leaveConference } from '../conferences/rules/leave-conference.ts';
import type { MessageLog } from '../event-log/message-log.ts';
import { defaultLimits } from '../limits/limits.ts';
import { OutsideEvents } from '../push/outside-events.ts';
import { Pushes } from '../push/pushes.ts';
import { openStorage } from '../storage/open-storage.ts';
import { anActor } from '../testing/builders.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Messages, type MessageEvent } from './messages.ts';
import { readWithMessages } from './read-with-messages.ts';

const conferenceId = 'c-1';
const creator = anActor({ userId: 'ada' }, 'create-conference');

const newId = () => crypto.randomUUID();

let conferences: Conferences;
let messages: Messages;
let log: MessageLog;
let pushes: Pushes;

const actorOf = (userId: string) => (userId === 'ada' ? creator : anActor({ userId }));

async function start(dataDir: string | undefined): Promise<void> {
  const clock = new FakeClock();
  const storage = await openStorage(dataDir, { keptMessageBytes: 1_000_000 });
  onTestFinished(() => storage.close());
  log = storage.messages;
  const onError = failLoudly;
  conferences = new Conferences({
    log: storage.log,
    clock,
    newId,
    pollTimeoutMs: 1,
    endedRetentionMs: 1,
    onError,
  });
  messages = new Messages({
    conferences,
    log,
    clock,
    newId,
    limits: defaultLimits,
    budget: undefined,
    onError,
  });
  pushes = new Pushes({
    conferences,
    log: storage.log,
    messages,
    outside: new OutsideEvents(clock, failLoudly),
    clock,
  });
  await conferences.create({ conferenceId }, creator);
  for (const userEndpointId of ['ada', 'bob', 'cyd']) {
    await join(userEndpointId);
  }
}

const join = (userEndpointId: string) =>
  conferences.perform(conferenceId, actorOf(userEndpointId), (state, context) =>
    joinConference(state, { conferenceId, userEndpointId }, context),
  );

const leave = (userEndpointId: string) =>
  conferences.perform(conferenceId, actorOf(userEndpointId), (state, context) =>
    leaveConference(state, { userEndpointId }, context),
  );

const send = (count: number, ...to: readonly string[]) =>
  messages.send(
    {
      conferenceId,
      userEndpointId: 'ada',
      messages: Array.from({ length: count }, () => ({
        id: crypto.randomUUID(),
        topic: 't',
        payload: 'x'.repeat(60_000),
        ...(to.length > 0 && { to: [...to] }),
      })),
    },
    creator,
  );

const end = () =>
  conferences.perform(conferenceId, creator, (state, context) =>
    endConference(state, { conferenceId, userEndpointId: 'ada' }, context),
  );

const open = (userEndpointId: string, start: 'joined' | 'all' | number = 0) =>
  messages.open(conferenceId, { userEndpointId, start }, actorOf(userEndpointId));

const typesOf = (events: readonly object[]) => events.map((event) => (event as MessageEvent).type);

const fiveAndTheEnd = [
  ...Array.from({ length: 5 }, () => 'ConferenceMessageSentEvent'),
  'ConferenceEndedEvent',
];

describe.each([
  ['in memory', () => undefined],
  ['on disk', () => temporaryFolder()],
])('messages %s', (_where, folder) => {
  beforeEach(() => start(folder()));

  it('a poll returns all messages before the end, however many there are', async () => {
    const reader = await open('bob');
    await send(5);
    await end();
    const read = (signal: AbortSignal) => conferences.events(conferenceId, { version: 3 }, creator, signal);
    const { signal } = new AbortController();
    expect(typesOf(await readWithMessages(messages, { conferenceId, reader, signal }, read))).toEqual(
      fiveAndTheEnd,
    );
  });

  it('a push sends all messages before the end, however many there are', async () => {
    const start = { version: 3, messages: { userEndpointId: 'bob', start: 0 } };
    const { signal } = new AbortController();
    const push = await pushes.open(conferenceId, start, actorOf('bob'), signal);
    await send(5);
    await end();
    let text = '';
    for await (const chunk of push.chunks) text += chunk;
    expect([...text.matchAll(/"type":"(Conference\w+Event)"/g)].map(([, type]) => type)).toEqual(
      fiveAndTheEnd,
    );
  });

  it.each([
    ['sent to others', 'cyd', ['bob']],
    ['that it sent itself', 'ada', []],
  ])('a reader misses nothing when messages %s are dropped', async (_what, userEndpointId, to) => {
    const { messages: sent } = await send(1);
    const place = sent[0]?.sequence ?? 0;
    await send(30, ...to);
    const reader = await open(userEndpointId, place);
    expect(await reader.hasMore()).toBe(false);
    expect(await reader.read(1)).toEqual([]);
    const recipient = await open('bob', place);
    expect(await recipient.read(1)).toMatchObject([
      { type: 'ConferenceMessagesPlacedEvent', hasMissed: true },
    ]);
    expect(await recipient.read(1)).toMatchObject([{ type: 'ConferenceMessageSentEvent' }]);
  });

  it('a reader that opens while its endpoint leaves receives nothing more', async () => {
    for (let round = 0; round < 12; round += 1) {
      const left = leave('bob');
      for (let turn = 0; turn < round; turn += 1) await Promise.resolve();
      const [reader] = await Promise.all([open('bob').catch(() => undefined), left]);
      await send(1);
      expect(typesOf((await reader?.read(1)) ?? [])).toEqual([]);
      await join('bob');
    }
  });

  it.each([
    ['its sender leaves', () => leave('ada')],
    ['the conference ends', () => end()],
  ])('a message is not stored any more once it is announced that %s', async (_what, change) => {
    for (let round = 0; round < 12; round += 1) {
      let isAnnounced = false;
      let isLate = false;
      const stop = conferences.onEvents(() => (isAnnounced = true));
      const append = vi.spyOn(log, 'append').mockImplementation(() => {
        isLate ||= isAnnounced;
        return Promise.resolve([]);
      });
      const changed = change();
      for (let turn = 0; turn < round; turn += 1) await Promise.resolve();
      await Promise.all([send(1).catch(() => undefined), changed]);
      expect(isLate).toBe(false);
      stop();
      append.mockRestore();
      if (conferences.ongoing().length === 0) return;
      await join('ada');
    }
  });

  it('a place that no message has yet, from another life of the conference, hides no new message', async () => {
    const reader = await open('bob', 4_000_000_000_000);
    await send(1);
    expect(typesOf(await reader.read(1))).toEqual(['ConferenceMessageSentEvent']);
  });

  it('a message sent again gets the same answer after its recipient has left', async () => {
    const command = {
      conferenceId,
      userEndpointId: 'ada',
      messages: [{ id: 'a', topic: 't', payload: 1, to: ['bob'] }],
    };
    const first = await messages.send(command, creator);
    await leave('bob');
    expect(await messages.send(command, creator)).toEqual(first);
    const { messages: sent } = command;
    const more = { ...command, messages: [...sent, { id: 'b', topic: 't', payload: 2, to: ['bob'] }] };
    await expect(messages.send(more, creator)).rejects.toThrow('"bob" is not in the conference');
  });
});
