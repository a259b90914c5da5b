import { test } from '@playwright/test';
import { again } from './support/again.ts';
import { Caller } from './support/caller.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';
import { startLosingProxy } from './support/losing-proxy.ts';
import { OwnServer } from './support/own-server.ts';
import { randomFrom } from './support/seeded-random.ts';

const codes = [11, 22, 33];
const rounds = 6;

interface WireConference {
  readonly metadata: Readonly<Record<string, { readonly value: string }>>;
  readonly participants: readonly {
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly streams: readonly { readonly metadata: Readonly<Record<string, unknown>> }[];
  }[];
}

// Each run has a seed of its own. To run one again: PARLEY_SEED=<seed>.
const seed = Number(process.env['PARLEY_SEED'] ?? Date.now() % 100_000);

test('a call through a proxy that loses and repeats commands leaves no ghosts', async ({ browser }) => {
  test.setTimeout(150_000);
  console.log(`seed ${seed}`);
  // The three share one address and answer failures by trying again.
  const server = await OwnServer.start({ PARLEY_RATE_LIMITS: 'off' });
  const proxy = await startLosingProxy(server.url, randomFrom(seed));
  const invitation = { ...(await server.openConference()), server: proxy.url, viewTries: 12 };
  const callers = await Promise.all(codes.map(() => Caller.open(browser)));
  const read = async () => (await server.readConference(invitation.conferenceId)) as WireConference;
  const expectVideos = () =>
    Promise.all(
      callers.map(async (caller, index) => {
        await caller.expectVideoOf(...codes.filter((_code, other) => other !== index));
        await expectToGrow(async () => (await caller.received()).framesDecoded, 10);
      }),
    );

  await Promise.all(callers.map((caller, index) => again(() => caller.joinAt(invitation, `guest ${index}`))));
  await Promise.all(callers.map((caller, index) => again(() => caller.publish(codes[index] ?? 0, 440))));
  await expectVideos();

  await Promise.all(callers.map((caller, index) => changeEverything(caller, index)));
  await expect
    .poll(async () => {
      const { participants, metadata } = await read();
      const last = String(rounds - 1);
      return {
        people: participants.map((participant) => participant.metadata['round']),
        streams: participants.map(({ streams }) => streams.map((stream) => stream.metadata['round'])),
        topics: codes.map((_code, index) => metadata[`topic ${index}`]?.value === last),
        muted: Object.keys(metadata).filter((key) => key.startsWith('TRACK_MUTED')),
      };
    })
    .toEqual({
      people: codes.map(() => rounds - 1),
      streams: codes.map(() => [rounds - 1]),
      topics: codes.map(() => true),
      muted: [],
    });
  await expectVideos();
  await expect.poll(() => server.metric('parley_viewers')).toBe(6);

  await Promise.all(callers.map((caller) => caller.leave()));
  // A lost `leave` is noticed once the keep-alives have stopped.
  await expect.poll(async () => (await read()).participants.length, { timeout: 60_000 }).toBe(0);
  await expect.poll(() => server.metric('parley_viewers')).toBe(0);
  expect(await server.metric('parley_streams')).toBe(0);

  expect([...proxy.fates.values()].some((fates) => (fates['answer lost'] ?? 0) > 0)).toBe(true);
  await Promise.all(callers.map((caller) => caller.close()));
  await proxy.close();
  await server.close();
});

/** Mutes, publishes anew and sets each kind of metadata, in each round. */
async function changeEverything(caller: Caller, index: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const inPage = (change: (values: readonly [number, number]) => Promise<void>) =>
      again(() => caller.page.evaluate(change, [round, index] as const));
    await inPage(async ([round, index]) => {
      await window.conference.setMetadata(`topic ${index}`, String(round));
    });
    await inPage(async ([round, index]) => {
      await window.conference.setParticipantMetadata({ name: `guest ${index}`, round });
    });
    await inPage(async () => {
      await window.mine.mute('video');
    });
    await inPage(async () => {
      await window.mine.unmute('video');
    });
    if (round % 2 === 1) {
      await inPage(async () => {
        await window.mine.unpublish();
      });
      await again(() => caller.publish(codes[index] ?? 0, 440));
    }
    await inPage(async ([round]) => {
      await window.mine.setMetadata({ round });
    });
  }
}
