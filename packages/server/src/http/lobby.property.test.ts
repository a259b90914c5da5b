import type { EntryAnswer, WaitingList } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { startModeratedCall } from '../testing/moderated-call.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import type { Caller } from '../testing/test-server.ts';

interface Guest {
  readonly caller: Caller;
  readonly userEndpointId: string;
  readonly answers: EntryAnswer[];
}

/** What guests and two hosts do at the same time, in an order that the seed decides. */
async function play(seed: number) {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const { enter, redeem, moderate, conferenceId, host, clock } = await startModeratedCall({
    pollTimeoutMs: 500,
    accessTokenSeconds: 36_000,
  });
  const coHost = await enter({ moderator: true });
  await moderate('updateAdmission', { lobby: true });
  const guests: Guest[] = [];
  for (let index = 0; index < 6; index += 1) {
    const { caller } = await redeem();
    guests.push({ caller, userEndpointId: await caller.register(300), answers: [] });
  }
  const knock = async (guest: Guest): Promise<void> => {
    const { caller, userEndpointId, answers } = guest;
    const revision = random() < 0.5 ? answers.at(-1)?.revision : undefined;
    const body = { conferenceId, userEndpointId, ...(revision !== undefined && { revision }) };
    answers.push(await caller.do<EntryAnswer>('requestEntry', { body }));
  };
  const steps: (() => Promise<unknown>)[] = [
    async () => {
      const guest = pick(guests);
      if (guest) await knock(guest);
    },
    async () => {
      const guest = pick(guests);
      if (!guest) return;
      const { caller, userEndpointId } = guest;
      await caller.do('cancelEntry', { body: { conferenceId, userEndpointId } });
    },
    async () => {
      const guest = pick(guests);
      const endpointIds = guest && random() < 0.8 ? [guest.userEndpointId] : undefined;
      const decision = random() < 0.5 ? 'ADMITTED' : 'DENIED';
      const body = { decision, ...(endpointIds && { endpointIds }) };
      await moderate('decideEntry', body, random() < 0.5 ? host : coHost);
    },
    () => moderate('updateAdmission', { lobbyMessage: `${random()}` }, coHost),
  ];
  const running: Promise<unknown>[] = [];
  for (let step = 0; step < 60; step += 1) {
    running.push(pick(steps)?.() ?? Promise.resolve());
    if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
    if (random() < 0.1) clock.advance(random() * 1_000);
  }
  const pending = new Set(running);
  for (const step of running) void step.finally(() => pending.delete(step));
  while (pending.size > 0) {
    clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(running);
  const list = await host.caller.do<WaitingList>('getWaiting', {
    params: { id: conferenceId },
    query: { userEndpointId: host.userEndpointId },
  });
  const outcomes: string[] = [];
  for (const { caller, userEndpointId, answers } of guests) {
    const body = { conferenceId, userEndpointId };
    const { status } = await caller.call('join', { body });
    const isListed = list.waiting.some((entry) => entry.userEndpointId === userEndpointId);
    const wasAdmitted = answers.some(({ state }) => state === 'ADMITTED');
    outcomes.push(`${status}`);
    // Whoever was told so enters, and whoever is listed does not.
    if (wasAdmitted) expect(status).toBe(200);
    if (isListed) expect([status, wasAdmitted]).toEqual([403, false]);
    expect([200, 403]).toContain(status);
  }
  return outcomes;
}

it('admits exactly those whom a host admitted, whatever happens at the same time', async () => {
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= 4; seed += 1) for (const outcome of await play(seed)) outcomes.add(outcome);
  expect([...outcomes].toSorted()).toEqual(['200', '403']);
}, 60_000);
