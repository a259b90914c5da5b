import type { Participant } from '@parley-rtc/contract';
import { array, assert, asyncProperty, constant, constantFrom, oneof, record } from 'fast-check';
import { expect, test, vi } from 'vitest';
import { broken, FakeServer } from '../testing/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { Conference } from './conference.ts';
import { selectRemoteParticipants, selectRemoteStreams } from './selectors.ts';

useFakeConference(() => {});

const who = constantFrom('bob', 'eve', 'kim');

/** Something that happens: in the conference, or to the way between it and us. */
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
    arbitrary: record({ do: constantFrom('lose', 'repeat', 'shuffle', 'break', 'mend', 'lag'), who }),
  },
  { weight: 4, arbitrary: record({ do: constant('wait'), who }) },
);

const bare = (participant: Participant): Participant => ({ ...participant, streams: [] });

/** The state as someone has it who knows nothing but the announcements. */
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
        if (operation === 'getEvents' || operation === 'getConference') throw broken(operation);
      };
      break;
    case 'lag':
      server.lag = 1;
      break;
    case 'mend':
      mend(server);
      break;
  }
}

function mend(server: FakeServer): void {
  server.intercept = () => {};
  server.distort = (events) => events;
  server.lag = 0;
}

test('whatever happens to the network, the announcements replayed are the state, and the state is the server’s', async () => {
  await assert(
    asyncProperty(array(happening, { maxLength: 60 }), async (happenings) => {
      const server = new FakeServer();
      const ada = await joinAs(server, 'ada');
      const replayed = replayOf(ada);
      for (const { do: what, who: userId } of happenings) {
        make(server, what, userId);
        await vi.advanceTimersByTimeAsync(what === 'wait' ? 1_000 : 0);
        expect(replayed()).toEqual(stateOf(ada));
      }
      mend(server);
      // Longer than any pause, and than the silence after which versions are compared.
      await vi.advanceTimersByTimeAsync(60_000);
      expect(ada.state.getSnapshot().conference).toEqual(server.conference);
      expect(ada.state.getSnapshot().connection).toBe('connected');
      expect(replayed()).toEqual(stateOf(ada));
      await ada.leave();
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 300 },
  );
}, 30_000);
