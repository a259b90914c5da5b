import type { Participant } from '@parley-rtc/contract';
import { array, assert, asyncProperty, constant, constantFrom, nat, oneof, record } from 'fast-check';
import { expect, it, vi } from 'vitest';
import { broken, FakeServer } from '../../../testing/src/server/fake-server.ts';
import { selectRemoteParticipants, selectRemoteStreams, selectSelf } from '../state/selectors.ts';
import { joinAs } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { Conference } from './conference.ts';

useFakeConference(() => {});

const who = constantFrom('bob', 'eve', 'kim');

/** How a server delivers events: Parley's by push or poll, others' by poll without version ids. */
const feed = constantFrom('push', 'poll', 'poll without version ids');

/** An event in the conference, a change of the network between it and us, or a set-back of the server's history. */
const happening = oneof(
  {
    weight: 6,
    arbitrary: record({
      do: constantFrom('join', 'leave', 'publish', 'unpublish', 'describe', 'mute'),
      who,
    }),
  },
  { weight: 2, arbitrary: record({ do: constant('unheard-of'), who }) },
  {
    weight: 4,
    arbitrary: record({ do: constantFrom('lose', 'repeat', 'shuffle', 'break', 'repair', 'lag'), who }),
  },
  {
    weight: 2,
    arbitrary: record({
      do: constantFrom('set back', 'start over', 'cut off'),
      who,
      steps: nat({ max: 12 }),
    }),
  },
  { weight: 4, arbitrary: record({ do: constant('wait'), who }) },
);

const bare = (participant: Participant): Participant => ({ ...participant, streams: [] });

/** Rebuilds the state from the announcements alone. */
function replayOf(conference: Conference): () => object {
  const participants = new Map<string, Participant>();
  const streams = new Map<string, object>();
  const metadata = new Map<string, string>();
  const faults: string[] = [];
  const expectNew = (map: ReadonlyMap<string, unknown>, id: string, isNew: boolean) => {
    if (map.has(id) === isNew) faults.push(`${id} was announced ${isNew ? 'twice' : 'out of nothing'}`);
  };
  conference.on('participant-joined', ({ participant }) => {
    expectNew(participants, participant.id, true);
    participants.set(participant.id, bare(participant));
  });
  conference.on('participant-updated', ({ participant }) => {
    expectNew(participants, participant.id, false);
    participants.set(participant.id, bare(participant));
  });
  conference.on('participant-left', ({ participant }) => {
    expectNew(participants, participant.id, false);
    participants.delete(participant.id);
  });
  conference.on('stream-published', ({ stream: { participant: _, ...stream } }) => {
    expectNew(streams, stream.id, true);
    expectNew(participants, stream.endpointId, false);
    streams.set(stream.id, stream);
  });
  conference.on('stream-unpublished', ({ stream }) => {
    expectNew(streams, stream.id, false);
    streams.delete(stream.id);
  });
  conference.on('metadata-updated', ({ key, entry }) => {
    if (entry) metadata.set(key, entry.value);
    else metadata.delete(key);
  });
  return () => ({ participants, streams, metadata, faults });
}

function stateOf(conference: Conference): object {
  const snapshot = conference.state.getSnapshot();
  return {
    participants: new Map(selectRemoteParticipants(snapshot).map((one) => [one.id, { ...one, streams: [] }])),
    streams: new Map(selectRemoteStreams(snapshot).map(({ participant: _, ...one }) => [one.id, one])),
    metadata: new Map(Object.entries(snapshot.conference.metadata).map(([key, { value }]) => [key, value])),
    faults: [],
  };
}

/** Ends all connections, as the end of a process does. */
function cutOff(server: FakeServer): void {
  server.breakPolls();
  server.breakPushes();
}

/** Sets the history back, with or without a restart that the client notices. */
function setBack(server: FakeServer, steps: number): void {
  if (steps % 2 === 0) cutOff(server);
  server.setBack(Math.max(0, (server.conference?.version ?? 0) - steps));
}

function make(server: FakeServer, what: string, userId: string): void {
  const caused = { userId, userEndpointId: `${userId}-1` };
  const present = server.conference?.participants.find(({ id }) => id === `${userId}-1`);
  const stream = present?.streams.at(0);
  switch (what) {
    case 'join':
      if (!present) server.append({ type: 'ConferenceJoinedEvent', ...caused });
      break;
    case 'leave':
      server.removeEndpoint(`${userId}-1`);
      break;
    case 'publish':
      if (!present) break;
      server.append({
        type: 'ConferenceStreamPublishedEvent',
        ...caused,
        streamId: `${userId}-${server.conference?.version}`,
        streamType: 'CAM',
      });
      break;
    case 'unpublish':
      if (!stream) break;
      server.append({
        type: 'ConferenceStreamUnpublishedEvent',
        ...caused,
        streamId: stream.id,
        streamType: 'CAM',
      });
      break;
    case 'describe':
      if (!present) break;
      server.append({
        type: 'ConferenceParticipantMetadataUpdatedEvent',
        ...caused,
        newMetadata: { mood: server.conference?.version },
      });
      break;
    case 'mute': {
      const key = `TRACK_MUTED/video/${userId}`;
      const operation = server.conference?.metadata[key] ? 'REMOVE' : 'SET';
      server.append({ type: 'ConferenceMetadataUpdatedEvent', ...caused, operation, key, value: 'true' });
      break;
    }
    case 'unheard-of':
      server.append({ type: 'ConferenceSomethingElseEvent', ...caused });
      break;
    case 'lose':
      server.distort = (events) => events.filter((_event, index) => index % 2 === 1);
      break;
    case 'repeat':
      server.distort = (events) => [...events, ...events];
      break;
    case 'shuffle':
      server.distort = (events) => events.toReversed();
      break;
    case 'break':
      server.intercept = ({ operation }) => {
        if (['getEvents', 'openPush', 'getConference'].includes(operation)) throw broken(operation);
      };
      break;
    case 'cut off':
      cutOff(server);
      break;
    case 'start over':
      cutOff(server);
      server.startOver();
      break;
    case 'lag':
      server.lag = 1;
      break;
    case 'repair':
      repair(server);
      break;
  }
}

function repair(server: FakeServer): void {
  server.intercept = () => {};
  server.distort = (events) => events;
  server.lag = 0;
}

it('keeps announcements, state and server consistent, whatever happens to the network or the history', async () => {
  await assert(
    asyncProperty(feed, array(happening, { maxLength: 60 }), async (feedKind, happenings) => {
      // Those of a failed run would make every smaller counterexample fail too.
      vi.clearAllTimers();
      const server = new FakeServer();
      server.hasPush = feedKind === 'push';
      server.identifiesVersions = feedKind !== 'poll without version ids';
      const ada = await joinAs(server, 'ada');
      const replayed = replayOf(ada);
      for (const { do: what, who: userId, ...more } of happenings) {
        if (what === 'set back') setBack(server, 'steps' in more ? more.steps : 0);
        else make(server, what, userId);
        await vi.advanceTimersByTimeAsync(what === 'wait' ? 1_000 : 0);
        expect(replayed()).toEqual(stateOf(ada));
      }
      repair(server);
      // Longer than a push, any pause, and the silence after which the feed compares versions.
      await vi.advanceTimersByTimeAsync(125_000);
      expect(ada.state.getSnapshot().conference).toEqual(server.snapshot());
      expect(ada.state.getSnapshot().connection).toBe('connected');
      expect(selectSelf(ada.state.getSnapshot())).toBeDefined();
      expect(replayed()).toEqual(stateOf(ada));
      await ada.leave();
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 400 },
  );
}, 60_000);
