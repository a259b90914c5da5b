import { beforeEach, expect, it } from 'vitest';
import { Conferences } from '../conferences/conferences.ts';
import { endConference } from '../conferences/rules/end-conference.ts';
import { joinConference } from '../conferences/rules/join-conference.ts';
import { defaultLimits } from '../limits/limits.ts';
import { OutsideEvents } from '../push/outside-events.ts';
import { Pushes } from '../push/pushes.ts';
import { MemoryEventLog } from '../storage/memory-event-log.ts';
import { MemoryMessageLog } from '../storage/memory-message-log.ts';
import { anActor } from '../testing/builders.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Messages, type MessageEvent, type MessageReader } from './messages.ts';
import { readWithMessages } from './read-with-messages.ts';

const conferenceId = 'c-1';
const creator = anActor({ userId: 'ada' }, 'create-conference');

let conferences: Conferences;
let messages: Messages;
let pushes: Pushes;

const actorOf = (userId: string) => (userId === 'ada' ? creator : anActor({ userId }));

beforeEach(async () => {
  const clock = new FakeClock();
  const log = new MemoryEventLog();
  const newId = () => crypto.randomUUID();
  const onError = failLoudly;
  conferences = new Conferences({ log, clock, newId, pollTimeoutMs: 1, endedRetentionMs: 1, onError });
  messages = new Messages({
    conferences,
    log: new MemoryMessageLog(1_000_000),
    clock,
    newId,
    limits: defaultLimits,
    budget: undefined,
    onError,
  });
  pushes = new Pushes({ conferences, log, messages, outside: new OutsideEvents(clock, failLoudly), clock });
  await conferences.create({ conferenceId }, creator);
  for (const userEndpointId of ['ada', 'bob', 'cyd']) {
    await conferences.perform(conferenceId, actorOf(userEndpointId), (state, context) =>
      joinConference(state, { conferenceId, userEndpointId }, context),
    );
  }
});

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
  expect([...text.matchAll(/"type":"(Conference\w+Event)"/g)].map(([, type]) => type)).toEqual(fiveAndTheEnd);
});
