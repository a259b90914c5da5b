import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { userKeyOf } from './actor.ts';
import { conferenceHandlers } from './http/handlers/conference-handlers.ts';
import { endpointHandlers } from './http/handlers/endpoint-handlers.ts';
import { streamHandlers } from './http/handlers/stream-handlers.ts';
import { defaultLimits } from './limits/limits.ts';
import { FakeMediaRouter } from './media/testing/fake-media-router.ts';
import { RefusalError } from './refusal.ts';
import { startConferencing } from './start-conferencing.ts';
import { startMedia } from './start-media.ts';
import { openStorage } from './storage/open-storage.ts';
import { anActor } from './testing/builders.ts';
import { failLoudly } from './testing/fail-loudly.ts';
import { FakeClock } from './testing/fake-clock.ts';

const conferenceId = 'standing-room';
const host = anActor({ userId: 'host' }, 'create-conference', 'moderate');
const guests = ['ada', 'bob', 'cleo'].map((userId) => anActor({ userId, realm: 'ticket', conferenceId }));

/** A conference with everything that a server has around it, except HTTP and media. */
async function setUp() {
  const clock = new FakeClock();
  const mediaRouter = new FakeMediaRouter();
  const foundation = {
    config: { clients: [] },
    clock,
    storage: await openStorage(undefined),
    limits: defaultLimits,
    rateLimits: undefined,
    budgets: undefined,
    onError: failLoudly,
  };
  const conferencing = await startConferencing(foundation);
  const { conferences, endpoints, outside } = conferencing;
  const media = startMedia(foundation, conferencing, mediaRouter);
  const commands = {
    ...conferenceHandlers(conferences, endpoints, () => Promise.resolve()),
    ...streamHandlers(conferences, media.streams, endpoints),
    ...endpointHandlers(conferences, endpoints),
  };
  /** Sends a command, which may be refused. */
  const send = async (name: keyof typeof commands, actor: typeof host, body: object): Promise<void> => {
    const call = { actor, body, params: {}, query: {}, address: '', signal: new AbortController().signal };
    try {
      await (commands[name] as (call: object) => unknown)(call);
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
    }
  };
  await conferences.create({ conferenceId }, host);
  /** Everything that a participant, a stream or a view may leave behind. */
  const leftovers = async () => {
    const { participants, metadata } = await conferences.get(conferenceId, host);
    return {
      participants,
      metadata: Object.keys(metadata),
      streams: mediaRouter.streams.size,
      publications: media.streams.publications.in(conferenceId).length,
      viewers: [...mediaRouter.views.values()].reduce((sum, ids) => sum + ids.size, 0),
      views: media.streams.views.count,
      endpoints: endpoints.count,
      memberships: guests.flatMap(({ userId }) => conferences.conferencesOf(userId)),
      channels: outside.channelCount,
      timers: clock.timerCount,
    };
  };
  return { clock, mediaRouter, conferences, endpoints, send, leftovers };
}

type Step = readonly [guest: number, action: number, stream: string, other: number];

/** One act of a guest, whose endpoint id is the guest's name. */
function actOf([guest, action, stream, other]: Step) {
  const actor = guests[guest] ?? host;
  const userEndpointId = actor.userId;
  const about = { conferenceId, userEndpointId };
  const ofStream = { ...about, streamId: `${guests[other]?.userId}/${stream}` };
  const own = `${userEndpointId}/${stream}`;
  const mute = { ...about, key: `TRACK_MUTED/audio/${own}`, operation: 'SET', value: 'true' };
  const acts = [
    ['registerUserEndpoint', { userEndpointId, keepAliveSeconds: 60 }],
    ['join', about],
    ['leave', about],
    ['publishStream', { ...about, streamId: own, conferenceStreamType: 'MIC', sdpOffer: 'v=0' }],
    ['unpublishStream', { ...about, streamId: own }],
    ['updateMetadata', mute],
    ['updateMetadata', { ...mute, key: `TRACK_MUTED/video/${own}` }],
    ['updateMetadata', { ...mute, operation: 'REMOVE' }],
    ['viewStream', { ...ofStream, viewerId: `${userEndpointId} ${ofStream.streamId}`, sdpOffer: 'v=0' }],
    ['stopViewStream', { ...ofStream, viewerId: `${userEndpointId} ${ofStream.streamId}` }],
    ['unregisterUserEndpoint', { userEndpointId }],
  ] as const;
  return [actor, ...(acts[action % acts.length] ?? acts[0])] as const;
}

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.nat({ max: 2 }),
  fc.nat({ max: 10 }),
  fc.constantFrom('s-1', 's-2'),
  fc.nat({ max: 2 }),
);

it('keeps nothing of participants, streams and views once all have left, whatever they did', async () => {
  let mostStreams = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 80 }),
      fc.boolean(),
      fc.constantFrom('unregister', 'fall silent', 'are dropped'),
      async (steps, isAtOnce, end) => {
        const { clock, mediaRouter, endpoints, send, leftovers } = await setUp();
        const before = await leftovers();
        for (const { userId } of guests) {
          const actor = guests.find((guest) => guest.userId === userId) ?? host;
          await send('registerUserEndpoint', actor, { userEndpointId: userId, keepAliveSeconds: 60 });
          await send('join', actor, { conferenceId, userEndpointId: userId });
        }
        const acts = steps.map(actOf);
        if (isAtOnce) await Promise.all(acts.map(([actor, name, body]) => send(name, actor, body)));
        else for (const [actor, name, body] of acts) await send(name, actor, body);
        mostStreams = Math.max(mostStreams, mediaRouter.streams.size);

        if (end === 'fall silent') clock.advance(180_000);
        for (const actor of guests) {
          if (end === 'are dropped') endpoints.dropAllOf(userKeyOf(actor));
          else await send('unregisterUserEndpoint', actor, { userEndpointId: actor.userId });
        }
        await expect.poll(leftovers, { interval: 1 }).toEqual(before);
      },
    ),
    { numRuns: 100, seed: 20_261_128 },
  );
  expect(mostStreams).toBeGreaterThan(2);
}, 60_000);

it('still accepts a mute after many more muted streams than a conference may have entries', async () => {
  const { send, conferences, leftovers } = await setUp();
  const [ada = host] = guests;
  const about = { conferenceId, userEndpointId: 'ada' };
  await send('registerUserEndpoint', ada, { userEndpointId: 'ada', keepAliveSeconds: 60 });
  await send('join', ada, about);
  const mute = async (streamId: string): Promise<void> => {
    const key = `TRACK_MUTED/audio/${streamId}`;
    await send('publishStream', ada, { ...about, streamId, conferenceStreamType: 'MIC', sdpOffer: 'v=0' });
    await send('updateMetadata', ada, { ...about, key, operation: 'SET', value: 'true' });
    expect((await conferences.get(conferenceId, ada)).metadata).toHaveProperty([key]);
  };
  for (let index = 0; index < 1_200; index += 1) {
    await mute(`s-${index}`);
    await send('unpublishStream', ada, { ...about, streamId: `s-${index}` });
  }
  await mute('last');
  expect((await leftovers()).metadata).toEqual(['TRACK_MUTED/audio/last']);
});
