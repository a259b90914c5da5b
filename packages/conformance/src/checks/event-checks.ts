import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  conferenceFromWire,
  decodeEvent,
  follow,
  type ConferenceState,
  type WireEvent,
} from '@parley-rtc/contract';
import { group, type Check } from '../check.ts';
import { expectEqual, expectStatus, expectThat } from '../expect.ts';
import { decision, platform, seed } from '../rule.ts';
import { SkipError } from '../skip.ts';
import type { Room, Stage } from '../stage.ts';

const versionRule = seed(
  'ConferenceEvent',
  'conferenceVersion is the version of the conference when the event was generated, or null for creation events',
);

/** Long enough for a request to be held by the server. */
const untilHeldMs = 300;

/** One of each change that a conference knows. */
async function liveThrough(stage: Stage, { about, conferenceId, ...room }: Room): Promise<void> {
  const { caller } = stage;
  const streamId = await stage.publish({ about, conferenceId, ...room }, 'MIC_AND_CAM', {
    metadata: { a: null },
  });
  await caller.need('updateMetadata', { body: { ...about, operation: 'SET', key: 'k', value: 'v' } });
  await caller.need('updateMetadata', { body: { ...about, operation: 'SET', key: 'gone', value: 'v' } });
  await caller.need('updateMetadata', { body: { ...about, operation: 'REMOVE', key: 'gone' } });
  await caller.need('updateParticipantMetadata', { body: { ...about, newMetadata: { name: 'Ada' } } });
  await caller.need('updateStreamMetadata', { body: { ...about, streamId, newMetadata: { b: [1] } } });
  await caller.need('updatePublishedStreamBitrate', { body: { ...about, streamId, videoBitrate: 90_000 } });
  await caller.need('setInteraction', { body: { ...about, interactionId: 'i-1' } });
  const second = await stage.enter(conferenceId);
  const screen = await stage.publish(second, 'SCREEN');
  await caller.need('unpublishStream', { body: { ...second.about, streamId: screen } });
  await caller.need('leave', { body: second.about });
}

/** A state without what may differ by the clock of a server. */
function comparable({ metadata, ended: _ended, ...state }: ConferenceState): unknown {
  const values = Object.entries(metadata).map(([key, { value, userEndpointId }]) => [
    key,
    value,
    userEndpointId,
  ]);
  return { ...state, metadata: values };
}

function versions(events: readonly WireEvent[]): readonly unknown[] {
  return events.map(({ conferenceVersion }) => conferenceVersion);
}

/** Events: their form, their order, and that they tell the whole story. */
export const eventChecks: readonly Check[] = group('event', [
  {
    id: 'versions',
    sentence: 'Each event carries the version before it, and each is one step: 0, 1, 2, ... in this order.',
    rule: versionRule,
    run: async (stage) => {
      const room = await stage.room();
      await liveThrough(stage, room);
      const events = await stage.history(room.conferenceId);
      const { version } = await stage.read(room.conferenceId);
      expectEqual('versions', versions(events), [...events.keys()]);
      expectEqual('version of the conference', version, events.length);
    },
  },
  {
    id: 'fold',
    sentence: 'The conference as created, with all events applied, is the conference as it is read.',
    rule: decision(9, 'a snapshot at V and the events from V on give the state'),
    run: async (stage) => {
      const conferenceId = await stage.conference({ metadata: { topic: 'demo' } });
      const created = conferenceFromWire(await stage.read(conferenceId));
      await liveThrough(stage, await stage.enter(conferenceId));
      const events = (await stage.events(conferenceId, created.version)).map(decodeEvent);
      const unnamed = events.find(({ type }) => type === 'UnknownEvent');
      if (unnamed) throw new SkipError('the server has event types of its own, whose effect only it knows');
      const { state } = follow(created, events);
      const read = conferenceFromWire(await stage.read(conferenceId));
      expectEqual('state', comparable(state), comparable(read));
    },
  },
  {
    id: 'base-fields',
    sentence: 'Every event has id, type, timestamp and conferenceId; ids are unique.',
    rule: seed('ConferenceEvent', 'id: event unique id; type; timestamp; conferenceId'),
    run: async (stage) => {
      const room = await stage.room();
      await liveThrough(stage, room);
      const events = await stage.history(room.conferenceId);
      for (const { id, type, conferenceId } of events) {
        expectThat('id and type', Boolean(id && type), 'texts', { id, type });
        expectEqual('conferenceId', conferenceId, room.conferenceId);
      }
      expectEqual('number of different ids', new Set(events.map(({ id }) => id)).size, events.length);
    },
  },
  {
    id: 'timestamps',
    sentence: 'Timestamps are UTC with three decimals and Z.',
    rule: seed('ConferenceEvent', "timestamp: yyyy-MM-dd'T'HH:mm:ss.SSS'Z' (decision 24)"),
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      for (const { timestamp = '' } of await stage.history(conferenceId)) {
        const isRight = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(timestamp);
        expectThat('timestamp', isRight, "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", timestamp);
      }
    },
  },
  {
    id: 'who',
    sentence: 'Events name the user and the endpoint that caused them.',
    rule: decision(8, 'always send userId, userEndpointId and every subtype field'),
    run: async (stage) => {
      const room = await stage.room();
      const { participants = [] } = await stage.read(room.conferenceId);
      const [joined] = await stage.history(room.conferenceId);
      expectEqual('userEndpointId', joined?.userEndpointId, room.userEndpointId);
      expectEqual('userId', joined?.userId, participants[0]?.userId);
    },
  },
  {
    id: 'proven-names',
    sentence: 'The events that official clients read have their names, in the order of what happened.',
    rule: platform('ConferenceJoinedEvent, ...StreamPublishedEvent, ...MetadataUpdatedEvent, and so on'),
    run: async (stage) => {
      const { about, ...room } = await stage.room();
      const streamId = await stage.publish({ about, ...room }, 'CAM');
      const { caller } = stage;
      await caller.need('updateMetadata', { body: { ...about, operation: 'SET', key: 'k', value: 'v' } });
      await caller.need('updateStreamMetadata', { body: { ...about, streamId, newMetadata: {} } });
      await caller.need('unpublishStream', { body: { ...about, streamId } });
      await caller.need('leave', { body: about });
      await caller.need('end', { body: about });
      const types = (await stage.history(room.conferenceId)).map(({ type }) => type);
      expectEqual('types', types, [
        'ConferenceJoinedEvent',
        'ConferenceStreamPublishedEvent',
        'ConferenceMetadataUpdatedEvent',
        'ConferenceStreamMetadataUpdatedEvent',
        'ConferenceStreamUnpublishedEvent',
        'ConferenceLeftEvent',
        'ConferenceEndedEvent',
      ]);
    },
  },
  {
    id: 'boundary',
    sentence: 'Events are read from v on: v itself is the first, in ascending order.',
    rule: decision(9, 'events?v=N returns events with conferenceVersion >= N, ascending'),
    run: async (stage) => {
      const { about, conferenceId } = await stage.room();
      for (const key of ['a', 'b', 'c']) {
        const body = { ...about, operation: 'SET', key, value: 'v' };
        await stage.caller.need('updateMetadata', { body });
      }
      expectEqual('versions from 2 on', versions(await stage.events(conferenceId, 2)), [2, 3]);
      expectEqual('versions from 0 on', versions(await stage.events(conferenceId, 0)), [0, 1, 2, 3]);
    },
  },
  {
    id: 'without-version',
    sentence: 'Without v the whole history comes, the creation with a null version first.',
    rule: decision(7, 'v is optional; omitted: full history including the creation event'),
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      const asked = { params: { id: conferenceId } };
      const events = await stage.caller.need<readonly WireEvent[]>('getEvents', asked);
      expectEqual('versions', versions(events), [null, 0]);
    },
  },
  {
    id: 'same-again',
    sentence: 'Reading the same version again gives the same events.',
    rule: versionRule,
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      expectEqual('events', await stage.history(conferenceId), await stage.history(conferenceId));
    },
  },
  {
    id: 'poll-waits',
    sentence: 'A poll with nothing to tell is held for a while and then answered with an empty list.',
    rule: seed('events', 'blocks for a few seconds if no event is available at the time'),
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      const asked = { params: { id: conferenceId }, query: { v: 1 } };
      const answer = await stage.caller.call('getEvents', asked);
      expectStatus(answer, 200);
      const { elapsedMs } = answer;
      expectThat(
        'time until the answer',
        elapsedMs >= 900,
        'at least a second',
        `${Math.round(elapsedMs)} ms`,
      );
      expectEqual('events', answer.body, []);
    },
  },
  {
    id: 'poll-wakes',
    sentence: 'A held poll is answered when something happens, not when its time is over.',
    rule: seed('events', 'blocks if no event is available at the time'),
    run: async (stage) => {
      const { about, conferenceId } = await stage.room();
      const poll = stage.caller.call<readonly WireEvent[]>('getEvents', {
        params: { id: conferenceId },
        query: { v: 1 },
      });
      await pause(untilHeldMs);
      const happenedAt = performance.now();
      const change = { ...about, operation: 'SET', key: 'k', value: 'v' };
      await stage.caller.need('updateMetadata', { body: change });
      const { body } = await poll;
      const elapsedMs = performance.now() - happenedAt;
      expectEqual('versions', versions(body), [1]);
      expectThat(
        'time until the answer',
        elapsedMs < 2000,
        'less than 2 seconds',
        `${Math.round(elapsedMs)} ms`,
      );
    },
  },
  {
    id: 'end',
    sentence: 'The end is told with its reason and stays readable.',
    rule: decision(41, 'after the end the tail with ConferenceEndedEvent stays readable for a while'),
    run: async (stage) => {
      const { about, conferenceId } = await stage.room();
      await stage.caller.need('end', { body: { ...about, reason: 'done' } });
      const [ended] = (await stage.events(conferenceId, 1)).slice(-1);
      const { type, reason } = ended as { readonly type?: string; readonly reason?: string };
      expectEqual('type and reason', { type, reason }, { type: 'ConferenceEndedEvent', reason: 'done' });
    },
  },
  {
    id: 'send',
    sentence: 'A custom event is sent to every endpoint inside, whose number is the answer.',
    rule: seed('sendEvent', 'returns number of messages sent; only users with SERVICE role allowed'),
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      await stage.enter(conferenceId);
      const event = { type: 'DocumentSignedEvent', timestamp: new Date().toISOString(), page: 7 };
      const body = { conferenceId, event, qos: 'AT_LEAST_ONCE' };
      const answer = await stage.caller.call('sendEvent', { body });
      if (answer.status === 403) throw new SkipError('the client has no role SERVICE');
      expectStatus(answer, 200);
      expectEqual('answer', answer.body, { eventsSent: 2 });
    },
  },
  {
    id: 'send-outside-history',
    sentence: 'A custom event takes no version, and a poll by version does not bring it.',
    rule: decision(30, 'deliver without conferenceVersion'),
    run: async (stage) => {
      const { about, conferenceId } = await stage.room();
      const event = { type: 'DocumentSignedEvent', timestamp: new Date().toISOString() };
      const steps = await stage.stepsOf(conferenceId, async () => {
        const answer = await stage.caller.call('sendEvent', { body: { conferenceId, event } });
        if (answer.status === 403) throw new SkipError('the client has no role SERVICE');
      });
      expectEqual('version steps', steps, 0);
      await stage.caller.need('updateMetadata', {
        body: { ...about, operation: 'SET', key: 'k', value: 'v' },
      });
      expectEqual('versions', versions(await stage.events(conferenceId, 1)), [1]);
    },
  },
  {
    id: 'send-names',
    sentence: 'Names that are not a noun, a verb and Event, or that begin with Conference, give 400.',
    rule: decision(30, 'validate the name pattern and refuse names that start with Conference'),
    run: async (stage) => {
      const conferenceId = await stage.conference();
      for (const type of ['ConferenceEndedEvent', 'signedEvent', 'Event', 'DocumentSigned']) {
        const event = { type, timestamp: new Date().toISOString() };
        expectStatus(await stage.caller.call('sendEvent', { body: { conferenceId, event } }), 400);
      }
    },
  },
  {
    id: 'never-unknown',
    sentence: 'Neither events nor states say UNKNOWN.',
    rule: decision(11, 'UNKNOWN: never emit; reject on input'),
    run: async (stage) => {
      const room = await stage.room();
      await liveThrough(stage, room);
      for (const told of [await stage.history(room.conferenceId), await stage.read(room.conferenceId)]) {
        expectThat('values', !hasValue(told, 'UNKNOWN'), 'none that is UNKNOWN', told);
      }
    },
  },
]);

function hasValue(within: unknown, value: unknown): boolean {
  if (isDeepStrictEqual(within, value)) return true;
  return typeof within === 'object' && within !== null
    ? Object.values(within).some((inner) => hasValue(inner, value))
    : false;
}
