import { test } from '@playwright/test';
import { Caller } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { NodeCluster } from './support/node-cluster.ts';
import { selectedPaths } from './support/selected-paths.ts';
import { watchTile } from './support/watched-tile.ts';

/** The part of an event that these journeys look at. */
interface LoggedEvent {
  readonly type: string;
  readonly streamId?: string;
}

test('a call over three nodes survives the death of each of two, without a click', async ({ browser }) => {
  test.setTimeout(180_000);
  const cluster = await NodeCluster.start(3);
  try {
    const [first, second, last] = cluster.nodes;
    if (!first || !second || !last) throw new Error('The cluster has no three nodes.');
    const invitation = { ...(await first.openConference()), server: cluster.url };
    const ada = await Caller.open(browser);
    const bob = await Caller.open(browser);
    await ada.joinAt(invitation, 'Ada');
    await bob.joinAt(invitation, 'Bob');
    await ada.publish(11);
    await bob.publish(22);
    await ada.expectVideoOf(22);
    await bob.expectVideoOf(11);
    for (const { page } of [ada, bob]) await page.evaluate(watchTile);

    for (const node of [first, second]) {
      await node.kill();
      // Longer than a lease, so that what was on that node is published again.
      await expect
        .poll(
          async () => {
            const answer = await last.ask(`conferences/${invitation.conferenceId}`);
            const { participants } = (await answer.json()) as {
              readonly participants: readonly { readonly streams: readonly unknown[] }[];
            };
            return participants.map(({ streams }) => streams.length);
          },
          { timeout: 30_000 },
        )
        .toEqual([1, 1]);
      await expect.poll(() => seenBy(ada), { timeout: 60_000 }).toEqual([22]);
      await expect.poll(() => seenBy(bob), { timeout: 60_000 }).toEqual([11]);
    }

    const answer = await last.ask(`conferences/${invitation.conferenceId}/events`);
    const events = (await answer.json()) as readonly LoggedEvent[];
    const withdrawn = events.filter(({ type }) => type === 'ConferenceStreamUnpublishedEvent');
    expect(events.filter(({ type }) => type === 'ConferenceLeftEvent')).toEqual([]);
    expect(events.filter(({ type }) => type === 'ConferenceJoinedEvent')).toHaveLength(2);
    expect(new Set(withdrawn.map(({ streamId }) => streamId)).size).toBe(withdrawn.length);
    expect(events.filter(({ type }) => type === 'ConferenceStreamPublishedEvent')).toHaveLength(
      withdrawn.length + 2,
    );
  } finally {
    await cluster.close();
  }
});

test('a crowded stream is sent by another node, too, and reaches its viewers again when that node dies', async ({
  browser,
}, testInfo) => {
  test.setTimeout(180_000);
  const cluster = await NodeCluster.start(2);
  try {
    const [first] = cluster.nodes;
    if (!first) throw new Error('The cluster has no node.');
    const invitation = { ...(await first.openConference()), server: cluster.url };
    const [ada, bob, cem] = [
      await Caller.open(browser),
      await Caller.open(browser),
      await Caller.open(browser),
    ];
    await ada.joinAt(invitation, 'Ada');
    await ada.publish(11);
    await bob.joinAt(invitation, 'Bob');
    await bob.expectVideoOf(11);
    const [owner] = await portsOf(ada);
    expect(await portsOf(bob)).toEqual([owner]);
    // Views that nobody looks at, but connections nevertheless.
    await bob.page.evaluate(async (count) => {
      const [streamId = ''] = window.views.keys();
      for (let added = 0; added < count; added += 1) await window.conference.viewStream(streamId);
    }, crowdSize);
    await cem.joinAt(invitation, 'Cem');
    await cem.expectVideoOf(11);
    const [edge] = await portsOf(cem);
    expect(edge).not.toBe(owner);

    await cem.page.evaluate(watchTile);
    await expect.poll(() => cem.page.evaluate(() => window.frameTimesMs.length)).toBeGreaterThan(20);
    await cluster.nodes.find(({ url }) => new URL(url).port === String(edge))?.kill();
    await expect.poll(() => portsOf(cem), { timeout: 60_000 }).toEqual([owner]);
    await expect.poll(() => cem.page.evaluate(() => window.frameTimesMs.length)).toBeGreaterThan(40);
    await expect.poll(() => seenBy(bob)).toEqual([11]);
    const timesMs = await cem.page.evaluate(() => window.frameTimesMs);
    const gapMs = Math.max(...timesMs.slice(1).map((timeMs, index) => timeMs - (timesMs[index] ?? 0)));
    testInfo.annotations.push({ type: 'longest gap', description: `${gapMs} ms` });
    console.log(`Longest gap at the viewer of the node that died: ${gapMs} ms`);
  } finally {
    await cluster.close();
  }
});

/** As many as a node serves before another one takes over. */
const crowdSize = 22;

/** The server's ports at the other ends of a page's connections. */
async function portsOf(caller: Caller): Promise<readonly number[]> {
  const paths = await caller.page.evaluate(selectedPaths);
  return [...new Set(paths.map(({ remotePort }) => remotePort))];
}

async function seenBy(caller: Caller): Promise<readonly number[]> {
  return (await caller.videos()).map(({ id }) => id);
}
