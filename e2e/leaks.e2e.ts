import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { goInAndOut, openLeakPage } from './support/leak-rounds.ts';
import { countResources, type ResourceCounts } from './support/resource-counts.ts';

const stays = 8;

/** Without the heap, of which a few stays tell little (`pnpm bench:leaks`), and without what others do to the server. */
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

test('joining, publishing, viewing and leaving, again and again, leave nothing behind and nobody', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  await ada.publish(11, 440);
  const page = await openLeakPage(browser);
  // The first stay makes what a page makes once.
  await goInAndOut(page, room, 1);
  const before = heldByPage(await countResources(page));
  await goInAndOut(page, room, stays);
  const after = heldByPage(await countResources(page));
  expect(after).toEqual(before);
  expect(after).toMatchObject({ openPeerConnections: 0, peerConnectionObjects: 0, timers: 0, requests: 0 });
  // Ada viewed what was published each time.
  await expect.poll(() => ada.page.evaluate(() => window.probe.openPeerConnections())).toBe(1);
  expect(await ada.page.evaluate(() => window.probe.peerConnectionsEver())).toBe(1 + 1 + stays);
  const present = () =>
    ada.page.evaluate(() => window.conference.state.getSnapshot().conference.participants);
  await expect.poll(async () => (await present()).length).toBe(1);
  await page.context().close();
  await ada.close();
});
