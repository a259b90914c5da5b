import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  conferenceFromWire,
  decodeEvent,
  follow,
  type ConferenceState,
  type WireEvent,
} from '@parley-rtc/contract';
import { decision, platform, seed } from '../rules/rule.ts';
import { SkipError } from '../rules/skip.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectThat } from '../stage/expect.ts';
import type { Room, Stage } from '../stage/stage.ts';

const versionRule = seed(
  'ConferenceEvent',
  'conferenceVersion is the version of the conference when the event was generated, or null for creation events',
);

/** Long enough for a request to reach the server and be held. */
const untilHeldMs = 300;

/** Makes each kind of change to a conference once. */
async function makeEveryChange(stage: Stage, { about, conferenceId, ...room }: Room): Promise<void> {
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

/** A state without the fields that depend on the server's clock. */
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

/** Events: their form, order and completeness. */
export const eventChecks: readonly Check[] = group('event', [
  {
    id: 'versions',
    sentence: 'Each event carries the version before it, in steps of one: 0, 1, 2, ...',
    rule: versionRule,
    run: async (stage) => {
      const room = await stage.room();
      await makeEveryChange(stage, room);
      const events = await stage.history(room.conferenceId);
      const { version } = await stage.read(room.conferenceId);
      expectEqual('versions', versions(events), [...events.keys()]);
      expectEqual('version of the conference', version, events.length);
    },
  },
  {
    id: 'fold',
    sentence: 'The created conference with all events applied equals the conference that is read.',
    rule: decision(9, 'a snapshot at V and the events from V on give the state'),
    run: async (stage) => {
      const conferenceId = await stage.conference({ metadata: { topic: 'demo' } });
      const created = conferenceFromWire(await stage.read(conferenceId));
      await makeEveryChange(stage, await stage.enter(conferenceId));
      const events = (await stage.events(conferenceId, created.version)).map(decodeEvent);
      const unnamed = events.find(({ type }) => type === 'UnknownEvent');
      if (unnamed) throw new SkipError('the server sends its own event types, whose effect is unknown');
      const { state } = follow(created, events);
      const read = conferenceFromWire(await stage.read(conferenceId));
      expectEqual('state', comparable(state), comparable(read));
    },
  },
  {
    id: 'base-fields',
    sentence: 'Every event has id, type, timestamp and conferenceId; ids are unique.',
    rule: seed('ConferenceEvent', 'id: unique id of the event; type; timestamp; conferenceId'),
    run: async (stage) => {
      const room = await stage.room();
      await makeEveryChange(stage, room);
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
    sentence: 'The events that official clients read have the expected names and order.',
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
    sentence: 'Events start at v, inclusive, in ascending order.',
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
    sentence:
      'Without v, the whole history is returned, starting with the creation event and its null version.',
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
    sentence: 'Reading from the same version again returns the same events.',
    rule: versionRule,
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      expectEqual('events', await stage.history(conferenceId), await stage.history(conferenceId));
    },
  },
  {
    id: 'poll-waits',
    sentence: 'A poll without events waits, then returns an empty list.',
    rule: seed('events', 'blocks for a few seconds if no event is available at the time'),
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      const asked = { params: { id: conferenceId }, query: { v: 1 } };
      const answer = await stage.caller.call('getEvents', asked);
      expectStatus(answer, 200);
      const { elapsedMs } = answer;
      expectThat(
        'time until the response',
        elapsedMs >= 900,
        'at least a second',
        `${Math.round(elapsedMs)} ms`,
      );
      expectEqual('events', answer.body, []);
    },
  },
  {
    id: 'poll-wakes',
    sentence: 'A waiting poll returns when an event occurs, before its time is up.',
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
        'time until the response',
        elapsedMs < 2000,
        'less than 2 seconds',
        `${Math.round(elapsedMs)} ms`,
      );
    },
  },
  {
    id: 'end',
    sentence: 'The end event carries its reason and stays readable.',
    rule: decision(41, 'after the end, the last events with ConferenceEndedEvent stay readable for a while'),
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
    sentence: 'A custom event goes to every joined endpoint, and the response contains their number.',
    rule: seed('sendEvent', 'returns number of messages sent; only users with SERVICE role allowed'),
    run: async (stage) => {
      const { conferenceId } = await stage.room();
      await stage.enter(conferenceId);
      const event = { type: 'DocumentSignedEvent', timestamp: new Date().toISOString(), page: 7 };
      const body = { conferenceId, event, qos: 'AT_LEAST_ONCE' };
      const answer = await stage.caller.call('sendEvent', { body });
      if (answer.status === 403) throw new SkipError('the client lacks the role SERVICE');
      expectStatus(answer, 200);
      expectEqual('answer', answer.body, { eventsSent: 2 });
    },
  },
  {
    id: 'send-outside-history',
    sentence: 'A custom event has no version and does not appear in a poll.',
    rule: decision(30, 'deliver without conferenceVersion'),
    run: async (stage) => {
      const { about, conferenceId } = await stage.room();
      const event = { type: 'DocumentSignedEvent', timestamp: new Date().toISOString() };
      const steps = await stage.stepsOf(conferenceId, async () => {
        const answer = await stage.caller.call('sendEvent', { body: { conferenceId, event } });
        if (answer.status === 403) throw new SkipError('the client lacks the role SERVICE');
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
    sentence: 'Names that are not a noun, a verb and Event, or that start with Conference, give 400.',
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
    sentence: 'Neither events nor state contain UNKNOWN.',
    rule: decision(11, 'UNKNOWN: never emit; reject on input'),
    run: async (stage) => {
      const room = await stage.room();
      await makeEveryChange(stage, room);
      for (const told of [await stage.history(room.conferenceId), await stage.read(room.conferenceId)]) {
        expectThat('values', !hasValue(told, 'UNKNOWN'), 'no UNKNOWN', told);
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
