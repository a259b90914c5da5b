import { test, type Page } from '@playwright/test';
import { Caller } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { NodeCluster } from './support/node-cluster.ts';
import { watchTile } from './support/watched-tile.ts';

const nodes = 3;
/** As long as moving takes, with time to spare. */
const shutdownDelayMs = 8_000;

/** The ids of all streams, and the types of all events that tell of streams or people who went. */
async function readCall(
  cluster: NodeCluster,
  conferenceId: string,
): Promise<{ streamIds: string[]; gone: string[] }> {
  const [node] = cluster.nodes;
  if (!node) throw new Error('There is no node.');
  const conference = (await (await node.ask(`conferences/${conferenceId}`)).json()) as {
    readonly participants: readonly { readonly streams: readonly { readonly id: string }[] }[];
  };
  const events = (await (await node.ask(`conferences/${conferenceId}/events`)).json()) as readonly {
    readonly type: string;
  }[];
  return {
    streamIds: conference.participants.flatMap(({ streams }) => streams.map(({ id }) => id)).toSorted(),
    gone: events.map(({ type }) => type).filter((type) => /Unpublished|Left/.test(type)),
  };
}

/** The longest time between two frames, without the time for which the page itself stood still. */
async function longestGapMs(page: Page): Promise<number> {
  const { framesMs, stallMs } = await page.evaluate(() => ({
    framesMs: window.frameTimesMs,
    stallMs: window.longestStallMs,
  }));
  const gaps = framesMs.slice(1).map((ms, index) => ms - (framesMs[index] ?? ms));
  return Math.max(...gaps) - stallMs;
}

/** Runs in the page: notes for how long it stands still at most. */
function watchStalls(): void {
  window.longestStallMs = 0;
  let lastMs = performance.now();
  setInterval(() => {
    const nowMs = performance.now();
    window.longestStallMs = Math.max(window.longestStallMs, nowMs - lastMs - 50);
    lastMs = nowMs;
  }, 50);
}

declare global {
  interface Window {
    longestStallMs: number;
  }
}

test('a rolling restart of all nodes during a call moves its streams, and nobody notices', async ({
  browser,
}, testInfo) => {
  test.setTimeout(240_000);
  const settings = { PARLEY_SHUTDOWN_DELAY_MS: String(shutdownDelayMs) };
  const cluster = await NodeCluster.start(nodes, settings);
  try {
    const [first] = cluster.nodes;
    if (!first) throw new Error('There is no node.');
    const invitation = { ...(await first.openConference()), server: cluster.url };
    const [ada, bob] = [await Caller.open(browser), await Caller.open(browser)];
    const refused: string[] = [];
    for (const { page } of [ada, bob]) {
      page.on('response', (response) => {
        if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
      });
    }
    await ada.joinAt(invitation, 'Ada');
    await bob.joinAt(invitation, 'Bob');
    await ada.publish(11, 440);
    await bob.publish(22, 880);
    await ada.expectVideoOf(22);
    await bob.expectVideoOf(11);
    for (const { page } of [ada, bob]) {
      await page.evaluate(watchTile);
      await page.evaluate(watchStalls);
    }
    const before = await readCall(cluster, invitation.conferenceId);
    expect(before.streamIds).toHaveLength(2);

    for (const node of cluster.nodes) {
      await node.stop();
      await node.startAgain();
    }

    await ada.expectVideoOf(22);
    await bob.expectVideoOf(11);
    await expect.poll(() => ada.tonesHz()).toEqual([880]);
    await expect.poll(() => bob.tonesHz()).toEqual([440]);
    expect(await readCall(cluster, invitation.conferenceId)).toEqual({ ...before, gone: [] });
    const gapsMs = [await longestGapMs(ada.page), await longestGapMs(bob.page)];
    testInfo.annotations.push({ type: 'longest gap between frames, ms', description: gapsMs.join(', ') });
    console.log(
      `rolling restart of ${nodes} nodes: longest gap between frames ${gapsMs.map(Math.round).join(' and ')} ms`,
    );
    expect(Math.max(...gapsMs)).toBeLessThan(1_000);
    expect(refused).toEqual([]);
    for (const caller of [ada, bob]) await caller.close();
  } finally {
    await cluster.close();
  }
});
