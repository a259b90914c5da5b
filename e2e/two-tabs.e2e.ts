import { test, type Page } from '@playwright/test';
import { askForTicket, Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';

/** Joins as a given endpoint with the user's token. Returns the error's code, or 'none'. */
async function joinAs(
  page: Page,
  identity: { readonly token: string; readonly conferenceId: string; readonly endpointId: string },
): Promise<string> {
  return await page.evaluate(async ({ token, conferenceId, endpointId }) => {
    const server = location.origin;
    try {
      const conference = await window.Parley.Conference.join({ server, conferenceId, token, endpointId });
      const diary: string[] = [];
      const connections: string[] = [];
      Object.assign(window, { conference, diary, connections, views: new Map() });
      conference.on('connection-changed', ({ connection }) => void connections.push(connection));
      conference.on('error', ({ error }) => void diary.push(error.code));
      return 'none';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }, identity);
}

async function newIdentity(
  caller: Caller,
): Promise<{ room: string; identity: { token: string; conferenceId: string; endpointId: string } }> {
  const room = newRoom();
  const { ticket, conferenceId } = await askForTicket(room);
  const token = await caller.page.evaluate(async (ticket) => {
    const redeemed = await window.Parley.redeemTicket({ server: location.origin, ticket });
    return await redeemed.token();
  }, ticket);
  return { room, identity: { token, conferenceId, endpointId: `identity-${crypto.randomUUID()}` } };
}

test('a second tab with the same endpoint id gets an error, and the first one continues undisturbed', async ({
  browser,
}) => {
  const bob = await Caller.open(browser);
  const { room, identity } = await newIdentity(bob);
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  expect(await joinAs(bob.page, identity)).toBe('none');
  await bob.publish(22);
  await ada.expectVideoOf(22);
  const tab = await bob.openTab();
  expect(await joinAs(tab.page, identity)).toBe('ERR_ENDPOINT_IN_USE');
  expect(await bob.page.evaluate(() => window.connections)).toEqual([]);
  expect((await ada.diary()).filter((line) => /^(joined|left)/.test(line))).toEqual(['joined unnamed']);
  await ada.expectVideoOf(22);

  // Once the first tab has left or closed, the second one can use the endpoint.
  await bob.page.close();
  expect(await joinAs(tab.page, identity)).toBe('none');
  await tab.publish(33);
  await ada.expectVideoOf(33);
  await tab.close();
  await ada.close();
});

test('a reloaded tab joins with its endpoint id again', async ({ browser }) => {
  const bob = await Caller.open(browser);
  const { identity } = await newIdentity(bob);
  expect(await joinAs(bob.page, identity)).toBe('none');
  await bob.reload();
  expect(await joinAs(bob.page, identity)).toBe('none');
  expect(await bob.page.evaluate(() => window.conference.endpointId)).toBe(identity.endpointId);
  expect(
    await bob.page.evaluate(() => window.conference.state.getSnapshot().conference.participants.length),
  ).toBe(1);
  await bob.close();
});

test('two browsers can share an endpoint id, and the remaining one rejoins when the other leaves', async ({
  browser,
}) => {
  const bob = await Caller.open(browser);
  const { room, identity } = await newIdentity(bob);
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  const phone = await bob.openAnother();
  expect(await joinAs(bob.page, identity)).toBe('none');
  expect(await joinAs(phone.page, identity)).toBe('none');
  await bob.publish(22);
  await ada.expectVideoOf(22);
  await phone.leave();
  // The phone leaves and unregisters the endpoint; Bob may rejoin before, between or after these two steps.
  await expect.poll(() => bob.page.evaluate(() => window.connections.at(-1))).toBe('connected');
  await ada.expectVideoOf(22);
  expect(await bob.page.evaluate(() => window.connections)).not.toContain('left');
  expect((await ada.diary()).filter((line) => /^(joined|left)/.test(line)).slice(-2)).toEqual([
    'left unnamed',
    'joined unnamed',
  ]);
  expect(await bob.page.evaluate(() => window.diary)).toEqual([]);
  for (const caller of [ada, bob, phone]) await caller.close();
});
