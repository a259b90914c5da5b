import { test } from '@playwright/test';
import { Caller } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { OwnServer } from './support/own-server.ts';
import { watchTile } from './support/watched-tile.ts';

const names = ['Ada', 'Bob'] as const;
/** Above delays from busy cores that also start a process. */
const usualGapMs = 1_000;

let server: OwnServer;
let callers: readonly Caller[];

test.beforeEach(async ({ browser }) => {
  server = await OwnServer.start({ PARLEY_MEDIA_PROCESSES: '2' });
  callers = [await Caller.open(browser), await Caller.open(browser)];
  const invitation = await server.openConference();
  for (const [index, caller] of callers.entries()) await caller.joinAt(invitation, names[index] ?? '');
});

test.afterEach(async () => {
  for (const caller of callers) await caller.close();
  await server.close();
});

async function frameCount(caller: Caller): Promise<number> {
  return await caller.page.evaluate(() => window.frameTimesMs.length);
}

/** The longest time between two frames of the caller's tile since `sinceMs`. */
async function longestGapSinceMs(caller: Caller, sinceMs: number): Promise<number> {
  return await caller.page.evaluate((sinceMs) => {
    const times = window.frameTimesMs.filter((timeMs) => timeMs >= sinceMs);
    return Math.max(...[...times, Date.now()].map((timeMs, index) => timeMs - (times[index - 1] ?? sinceMs)));
  }, sinceMs);
}

test('a crashed media process affects only its own streams, and the SDK restores them', async () => {
  const [ada, bob] = callers;
  // Publish in sequence, so that each stream goes to the process with fewer peers.
  await ada?.publish(11);
  await bob?.publish(22);
  // A process that was not ready yet got none.
  while (!(await server.isMediaSpread())) {
    await bob?.page.evaluate(() => window.mine.unpublish());
    await bob?.publish(22);
  }
  for (const caller of callers) {
    await expect.poll(() => caller.page.evaluate(() => window.views.size)).toBe(1);
    await caller.page.evaluate(watchTile);
    await expect.poll(() => frameCount(caller)).toBeGreaterThan(30);
  }
  for (const { page } of callers) await page.evaluate(() => void (window.diary.length = 0));
  const pids = server.mediaProcessIds();
  expect(pids).toHaveLength(2);

  const killedMs = Date.now();
  process.kill(pids[0] ?? 0, 'SIGKILL');
  const lostIndex = async (): Promise<number> => {
    const diaries = await Promise.all(callers.map((caller) => caller.diary()));
    return names.findIndex((name) => diaries.flat().includes(`unpublished ${name} CAM`));
  };
  await expect.poll(lostIndex).toBeGreaterThanOrEqual(0);
  const lost = await lostIndex();
  const [loser, other] = [callers[lost], callers[1 - lost]];
  if (!loser || !other) throw new Error('An unknown participant lost a stream.');

  await expect.poll(() => loser.diary()).toContain('restored CAM');
  await other.expectVideoOf(11 * (lost + 1));
  const restoredMs = Date.now() - killedMs;
  console.log(`restored and seen again ${restoredMs} ms after the process was killed`);

  // The other process's stream continued: no event announced its end, and its frames kept arriving.
  await loser.expectVideoOf(11 * (2 - lost));
  expect(await longestGapSinceMs(loser, killedMs)).toBeLessThan(usualGapMs + restoredMs);
  const diaries = [...(await loser.diary()), ...(await other.diary())];
  expect(diaries).not.toContain(`unpublished ${names[1 - lost]} CAM`);
  expect(await other.diary()).not.toContain('restored CAM');
  await expect.poll(() => server.mediaProcessIds().filter((pid) => !pids.includes(pid))).toHaveLength(1);
});
