import { type Page, test } from '@playwright/test';
import { askForTicket, Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';

/** Joins as one endpoint of one user, with a token that is the user's own; gives the error's code, if there is one. */
async function joinAs(
  page: Page,
  seat: { readonly token: string; readonly conferenceId: string; readonly endpointId: string },
): Promise<string> {
  return await page.evaluate(async ({ token, conferenceId, endpointId }) => {
    const server = location.origin;
    try {
      const conference = await window.Parley.Conference.join({ server, conferenceId, token, endpointId });
      const heard: string[] = [];
      const connections: string[] = [];
      Object.assign(window, { conference, heard, connections, views: new Map() });
      conference.on('connection-changed', ({ connection }) => void connections.push(connection));
      conference.on('error', ({ error }) => void heard.push(error.code));
      return 'none';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }, seat);
}

async function takeSeat(
  caller: Caller,
): Promise<{ room: string; seat: { token: string; conferenceId: string; endpointId: string } }> {
  const room = newRoom();
  const { ticket, conferenceId } = await askForTicket(room);
  const token = await caller.page.evaluate(async (ticket) => {
    const redeemed = await window.Parley.redeemTicket({ server: location.origin, ticket });
    return await redeemed.token();
  }, ticket);
  return { room, seat: { token, conferenceId, endpointId: `seat-${crypto.randomUUID()}` } };
}

test('a second tab with the same endpoint id is told so, and the first goes on undisturbed', async ({
  browser,
}) => {
  const bob = await Caller.open(browser);
  const { room, seat } = await takeSeat(bob);
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  expect(await joinAs(bob.page, seat)).toBe('none');
  await bob.publish(22);
  await ada.expectPicturesOf(22);
  const tab = await bob.openTab();
  expect(await joinAs(tab.page, seat)).toBe('ERR_ENDPOINT_IN_USE');
  expect(await bob.page.evaluate(() => window.connections)).toEqual([]);
  expect((await ada.diary()).filter((line) => /^(joined|left)/.test(line))).toEqual(['joined somebody']);
  await ada.expectPicturesOf(22);

  // Once the first tab has left, or is closed, the second can have the seat.
  await bob.page.close();
  expect(await joinAs(tab.page, seat)).toBe('none');
  await tab.publish(33);
  await ada.expectPicturesOf(33);
  await tab.close();
  await ada.close();
});

test('a tab that is reloaded takes its own seat again', async ({ browser }) => {
  const bob = await Caller.open(browser);
  const { seat } = await takeSeat(bob);
  expect(await joinAs(bob.page, seat)).toBe('none');
  await bob.reload();
  expect(await joinAs(bob.page, seat)).toBe('none');
  expect(await bob.page.evaluate(() => window.conference.endpointId)).toBe(seat.endpointId);
  expect(
    await bob.page.evaluate(() => window.conference.state.getSnapshot().conference.participants.length),
  ).toBe(1);
  await bob.close();
});

test('in two browsers one seat is shared, and whoever stays in it is back by themself when the other leaves', async ({
  browser,
}) => {
  const bob = await Caller.open(browser);
  const { room, seat } = await takeSeat(bob);
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  const phone = await bob.openAnother();
  expect(await joinAs(bob.page, seat)).toBe('none');
  expect(await joinAs(phone.page, seat)).toBe('none');
  await bob.publish(22);
  await ada.expectPicturesOf(22);
  await phone.leave();
  // The other leaves and then takes the endpoint back, and Bob may come back before the one, the other, or both.
  await expect.poll(() => bob.page.evaluate(() => window.connections.at(-1))).toBe('connected');
  await ada.expectPicturesOf(22);
  expect(await bob.page.evaluate(() => window.connections)).not.toContain('left');
  expect((await ada.diary()).filter((line) => /^(joined|left)/.test(line)).slice(-2)).toEqual([
    'left somebody',
    'joined somebody',
  ]);
  expect(await bob.page.evaluate(() => window.heard)).toEqual([]);
  for (const caller of [ada, bob, phone]) await caller.close();
});
