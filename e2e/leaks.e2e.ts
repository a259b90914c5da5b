import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { joinAndLeave, openLeakPage } from './support/leak-rounds.ts';
import { countResources, type ResourceCounts } from './support/resource-counts.ts';

const rounds = 8;

/** Without the heap, which needs more rounds (`pnpm bench:leaks`), and without the server, which other tests also use. */
function heldByPage(counts: ResourceCounts): Partial<ResourceCounts> {
  const { openPeerConnections, peerConnectionObjects, eventListeners, domNodes, documents } = counts;
  const { timers, requests } = counts;
  return {
    openPeerConnections,
    peerConnectionObjects,
    eventListeners,
    domNodes,
    documents,
    timers,
    requests,
  };
}

test('repeated joining, publishing, viewing and leaving leaks neither resources nor participants', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  await ada.publish(11, 440);
  const page = await openLeakPage(browser);
  // The first round creates what a page creates only once.
  await joinAndLeave(page, room, 1);
  const before = heldByPage(await countResources(page));
  await joinAndLeave(page, room, rounds);
  const after = heldByPage(await countResources(page));
  expect(after).toEqual(before);
  expect(after).toMatchObject({ openPeerConnections: 0, peerConnectionObjects: 0, timers: 0, requests: 0 });
  // Ada viewed the stream of each round.
  await expect.poll(() => ada.page.evaluate(() => window.probe.openPeerConnections())).toBe(1);
  expect(await ada.page.evaluate(() => window.probe.peerConnectionsEver())).toBe(1 + 1 + rounds);
  const present = () =>
    ada.page.evaluate(() => window.conference.state.getSnapshot().conference.participants);
  await expect.poll(async () => (await present()).length).toBe(1);
  await page.context().close();
  await ada.close();
});
