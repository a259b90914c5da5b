import {
  conferenceToWire,
  createdConference,
  decodeEvent,
  reduce,
  type ConferenceState,
  type WireEvent,
} from '@parley-rtc/contract';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { startTestServer, type Caller } from './testing/test-server.ts';

type Step = (caller: Caller, conferenceId: string, endpoints: readonly string[]) => Promise<unknown>;

const endpointIndex = fc.nat({ max: 2 });
const streamId = fc.constantFrom('s-1', 's-2', 's-3');
const metadata = fc.dictionary(
  fc.string({ maxLength: 4 }).filter((key) => key !== '__proto__'),
  fc.jsonValue({ maxDepth: 1 }),
  {
    maxKeys: 3,
  },
);

/** A command by one of three endpoints, allowed or not. */
function commandOf(operationId: string, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Step> {
  return fc.tuple(endpointIndex, fc.record(fields)).map(
    ([index, body]): Step =>
      (caller, conferenceId, endpoints) =>
        caller.call(operationId, { body: { conferenceId, userEndpointId: endpoints[index], ...body } }),
  );
}

const sdpOffer = fc.constant('v=0');
const step: fc.Arbitrary<Step> = fc.oneof(
  commandOf('join', { metadata }),
  commandOf('leave', { reason: fc.string() }),
  commandOf('publishStream', {
    streamId,
    sdpOffer,
    conferenceStreamType: fc.constantFrom('MIC', 'CAM', 'SCREEN', 'MIC_AND_CAM', 'UNKNOWN'),
    metadata,
    videoBitrate: fc.constantFrom(0, 30_000, 2_000_000),
  }),
  commandOf('unpublishStream', { streamId }),
  commandOf('viewStream', { streamId, sdpOffer }),
  commandOf('updateMetadata', {
    operation: fc.constantFrom('SET', 'REMOVE', 'UNKNOWN'),
    key: fc.constantFrom('TRACK_MUTED/audio/s-1', 'toString', 'topic'),
    value: fc.string(),
  }),
  commandOf('updateParticipantMetadata', { newMetadata: metadata }),
  commandOf('updateStreamMetadata', { streamId, newMetadata: metadata }),
  commandOf('updatePublishedStreamBitrate', { videoBitrate: fc.constantFrom(0, 30_000) }),
  commandOf('setInteraction', { interactionId: fc.constantFrom('i-1', 'i-2') }),
  commandOf('keepAliveUserEndpoint', {}),
);

const ending: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: commandOf('end', {}).map((end) => [end]) },
);

it('serves exactly the state that its events fold to, for any commands in sequence or in parallel', async () => {
  const { service } = await startTestServer({ pollTimeoutMs: 1 });
  const endpoints = [
    await service.register(86_400),
    await service.register(86_400),
    await service.register(86_400),
  ];
  let changes = 0;

  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      ending,
      fc.boolean(),
      async (steps, end, isAtOnce) => {
        const conferenceId = await service.create();
        const take = (one: Step): Promise<unknown> => one(service, conferenceId, endpoints);
        // Two of the three join at the start; otherwise most commands would be refused.
        for (const userEndpointId of endpoints.slice(0, 2)) {
          await service.do('join', { body: { conferenceId, userEndpointId } });
        }
        if (isAtOnce) await Promise.all(steps.map(take));
        else for (const one of steps) await take(one);
        for (const one of end) await take(one);

        const history = await service.events(conferenceId);
        const served = await service.do('getConference', { params: { id: conferenceId } });
        expect(served).toEqual(conferenceToWire(folded(history)));
        expect(history.slice(1).map(({ conferenceVersion }) => conferenceVersion)).toEqual([
          ...history.slice(1).keys(),
        ]);
        changes += history.length - 1;
      },
    ),
    { numRuns: 150, seed: 20_261_124 },
  );
  expect(changes).toBeGreaterThan(450);
}, 60_000);

function folded(history: readonly WireEvent[]): ConferenceState {
  const [created, ...events] = history.map(decodeEvent);
  if (created?.type !== 'ConferenceCreatedEvent')
    throw new Error('The history does not begin with the creation.');
  return events.reduce<ConferenceState>(reduce, createdConference(created));
}
