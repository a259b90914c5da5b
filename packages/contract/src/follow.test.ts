import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from './decode-event.ts';
import { follow } from './follow.ts';
import { createdConference, reduce } from './reduce.ts';
import { anEvent, created, histories } from './testing/histories.ts';
import {
  conferenceFromSimpleView,
  conferenceFromWire,
  conferenceToSimpleView,
  conferenceToWire,
} from './wire.ts';

const start = createdConference(created);

describe('following a conference', () => {
  it('reaches the server’s state or needs a snapshot, whatever the network does to the events', () => {
    let resyncs = 0;
    fc.assert(
      fc.property(
        histories,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (history, chance) => {
          const random = (): number => chance.next().value ?? 0;
          const server = history.reduce(reduce, start);
          let client = start;
          // Deliver batches from the client's version on, with losses, duplicates and wrong order in each.
          for (let round = 0; client.version < server.version; round += 1) {
            const faulty = round < 20;
            const batch = history
              .slice(faulty ? Math.max(0, client.version - 3) : client.version)
              .slice(0, 1 + Math.floor(random() * 8))
              .flatMap((event) =>
                faulty && random() < 0.2 ? [] : faulty && random() < 0.2 ? [event, event] : [event],
              );
            if (faulty && random() < 0.5) batch.reverse();
            const followed = follow(client, batch);
            const expected = history.slice(0, followed.state.version).reduce(reduce, start);
            expect(followed.state).toEqual(expected);
            if (followed.needsSnapshot) {
              resyncs += 1;
              client = conferenceFromWire(conferenceToWire(server));
            } else {
              client = followed.state;
            }
          }
          expect(conferenceToWire(client)).toEqual(conferenceToWire(server));
        },
      ),
      { numRuns: 1_000, seed: 20_260_105 },
    );
    expect(resyncs).toBeGreaterThan(50);
  });

  it('reaches the same state from any snapshot plus the events after it', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (history, cut) => {
        const at = history.length === 0 ? 0 : cut % (history.length + 1);
        const snapshot = conferenceFromWire(conferenceToWire(history.slice(0, at).reduce(reduce, start)));
        const ended = history.slice(0, at).some(({ type }) => type === 'ConferenceEndedEvent');
        const followed = follow(snapshot, history);
        expect(followed.needsSnapshot).toBe(false);
        expect(followed.applied).toHaveLength(history.length - at);
        const { ended: _snapshotHasNoEnd, ...state } = followed.state;
        const { ended: _end, ...server } = history.reduce(reduce, start);
        expect(state).toEqual(server);
        if (!ended) expect(followed.state).toEqual(history.reduce(reduce, start));
      }),
      { numRuns: 500, seed: 20_260_106 },
    );
  });

  it('returns each applied event with the state that it leads to', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { applied } = follow(start, history.toReversed());
        expect(applied.map(({ event }) => event)).toEqual(history);
        const states = history.map((_event, index) => history.slice(0, index + 1).reduce(reduce, start));
        expect(applied.map(({ state }) => state)).toEqual(states);
      }),
      { numRuns: 100, seed: 20_260_109 },
    );
  });

  it('reaches the same state from events that went over the wire', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const received = history.map((event) => decodeEvent(JSON.parse(JSON.stringify(event))));
        expect(received.reduce(reduce, start)).toEqual(history.reduce(reduce, start));
      }),
      { numRuns: 300, seed: 20_260_107 },
    );
  });

  it('reads the same participants, streams and metadata from both views of the server', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const state = history.reduce(reduce, start);
        const aggregate = conferenceFromWire(conferenceToWire(state));
        const simple = conferenceFromSimpleView(conferenceToSimpleView(state));
        expect(simple.version).toBe(aggregate.version);
        expect(simple.metadata).toEqual(aggregate.metadata);
        const withoutBitrates = aggregate.participants.map((participant) => ({
          ...participant,
          streams: participant.streams.map((stream) => ({ ...stream, videoBitrate: 0 })),
        }));
        expect(new Set(simple.participants)).toEqual(new Set(withoutBitrates));
      }),
      { numRuns: 300, seed: 20_260_108 },
    );
  });

  it('needs a snapshot after a versioned event of an unknown type, and still applies later events', () => {
    const unknown = decodeEvent({ ...anEvent('ConferenceLeftEvent', 0), type: 'ConferenceFutureEvent' });
    const followed = follow(start, [unknown, anEvent('ConferenceJoinedEvent', 1)]);
    expect(followed).toMatchObject({
      needsSnapshot: true,
      state: { version: 2, participants: [{ id: 'ada-tab' }] },
    });
  });

  it('returns events outside the history apart, without counting them', () => {
    const custom = decodeEvent({ id: 'x', type: 'HandRaisedEvent', timestamp: '', conferenceId: 'c-1' });
    expect(follow(start, [custom])).toEqual({
      state: start,
      applied: [],
      outside: [custom],
      needsSnapshot: false,
    });
  });
});
