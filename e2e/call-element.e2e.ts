import { test } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { ApiGuest } from './support/api-guest.ts';
import { CallPage } from './support/call-page.ts';
import { askForTicket, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';

async function addGuest(room: string, metadata: object): Promise<ApiGuest> {
  return await ApiGuest.join({ server: demoUrl, ...(await askForTicket(room)) }, metadata);
}

test('a page with one tag is a call: two people see and hear each other, and see what the other does', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await CallPage.open(browser, room);
  await ada.join('Ada');
  await expect(ada.stage).toContainText('You’re the only one here');
  const bob = await CallPage.open(browser, room);
  await expect(bob.lobby).toContainText('Ada is here');
  await bob.join('Bob');

  await Promise.all([ada.expectVideoOf('Bob'), bob.expectVideoOf('Ada')]);
  // The fake microphone beeps, and only who hears it marks its owner as speaking.
  await expect(bob.tiles('Ada').and(bob.page.locator('[speaking]'))).toHaveCount(1);

  await ada.page.keyboard.press('m');
  await expect(bob.tiles('Ada').getByRole('img', { name: 'Muted' })).toBeVisible();
  await expect(bob.tiles('Ada').and(bob.page.locator('[speaking]'))).toHaveCount(0);
  await ada.button('Turn camera off').click();
  await expect(bob.tiles('Ada').locator('video')).toHaveCount(0);
  await ada.button('Turn camera on').click();
  await bob.expectVideoOf('Ada');
  await ada.page.keyboard.press('h');
  await expect(bob.tiles('Ada').getByRole('img', { name: 'Hand raised' })).toBeVisible();

  await ada.button('Leave').click();
  await ada.expectFocus(ada.page.getByRole('heading', { name: 'You left the call' }));
  await expect(bob.tiles('Ada')).toHaveCount(0);
  await ada.page.getByRole('button', { name: 'Rejoin' }).click();
  await expect(bob.tiles('Ada')).toHaveCount(1);
  // What was on when leaving is on again, and what was muted stays muted.
  await bob.expectVideoOf('Ada');
  await expect(ada.button(/^Unmute/)).toBeVisible();
  await expect(bob.tiles('Ada').and(bob.page.locator('[speaking]'))).toHaveCount(0);
  for (const side of [ada, bob]) await side.close();
});

test('a page may fetch the ticket after it has shown the lobby', async ({ browser }) => {
  const room = newRoom();
  await addGuest(room, { name: 'Ada' });
  const bob = await CallPage.open(browser, room);
  await bob.withElement((call) => {
    const late = document.createElement('parley-call');
    late.server = call.server;
    call.replaceWith(late);
  });
  await expect(bob.lobby.getByRole('button', { name: 'Join call' })).toBeVisible();
  const { ticket } = await askForTicket(room);
  await bob.page
    .locator('parley-call')
    .evaluate((call, late) => Object.assign(call, { ticket: late }), ticket);
  await expect(bob.lobby).toContainText('Ada is here');
  await expect(bob.lobby.getByRole('alert')).toHaveCount(0);
  await bob.joinSilently('Bob');
  await bob.close();
});

test('the call goes on when a framework moves its element, and ends when the element is removed', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await CallPage.open(browser, room);
  await ada.join('Ada');
  const bob = await CallPage.open(browser, room);
  await bob.joinSilently('Bob');
  await bob.expectVideoOf('Ada');
  await ada.withElement((call) => {
    const box = document.createElement('div');
    document.body.append(box);
    box.append(call);
  });
  await bob.expectVideoOf('Ada');
  await expect(ada.stage).toBeVisible();
  await ada.withElement((call) => call.remove());
  await expect(bob.tiles('Ada')).toHaveCount(0);
  for (const side of [ada, bob]) await side.close();
});

test('the space bar talks while it is held, and never after', async ({ browser }) => {
  const room = newRoom();
  const ada = await CallPage.open(browser, room);
  await ada.join('Ada');
  const bob = await CallPage.open(browser, room);
  await bob.joinSilently('Bob');
  await ada.page.keyboard.press('m');
  await expect(bob.tiles('Ada').getByRole('img', { name: 'Muted' })).toBeVisible();
  await ada.stage.click();
  await ada.page.keyboard.down(' ');
  await expect(bob.tiles('Ada').getByRole('img', { name: 'Muted' })).toHaveCount(0);
  await ada.page.keyboard.up(' ');
  await expect(bob.tiles('Ada').getByRole('img', { name: 'Muted' })).toBeVisible();

  // A key that is released in another window must not leave the microphone on.
  await ada.page.keyboard.down(' ');
  await expect(ada.button(/^Mute/)).toBeVisible();
  await ada.page.evaluate(() => dispatchEvent(new Event('blur')));
  await expect(ada.button(/^Unmute/)).toBeVisible();
  for (const side of [ada, bob]) await side.close();
});

test('muting acts at once while the page is offline, and is announced when it is back', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await CallPage.open(browser, room);
  await ada.join('Ada');
  const bob = await CallPage.open(browser, room);
  await bob.joinSilently('Bob');
  await expect(bob.tiles('Ada').and(bob.page.locator('[speaking]'))).toHaveCount(1);
  await ada.page.context().setOffline(true);
  await ada.page.keyboard.press('m');
  await expect(ada.button(/^Unmute/)).toBeVisible({ timeout: 1_000 });
  await expect(bob.tiles('Ada').and(bob.page.locator('[speaking]'))).toHaveCount(0);
  await ada.page.context().setOffline(false);
  await expect(bob.tiles('Ada').getByRole('img', { name: 'Muted' })).toBeVisible();
  for (const side of [ada, bob]) await side.close();
});

test('a shared screen is large for the others, and to its owner a note with a button that stops it', async ({
  browser,
}) => {
  const room = newRoom();
  const shareable = (): void => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    setInterval(() => canvas.getContext('2d')?.fillRect(Math.random() * 600, 0, 40, 360), 100);
    // Firefox runs this in its empty first page, too.
    if (!navigator.mediaDevices) return;
    navigator.mediaDevices.getDisplayMedia = () => Promise.resolve(canvas.captureStream(10));
  };
  const ada = await CallPage.open(browser, room, { before: shareable });
  await ada.joinSilently('Ada');
  const bob = await CallPage.open(browser, room);
  await bob.joinSilently('Bob');
  await ada.button('Share screen').click();
  await bob.expectVideoOf('Ada’s screen');
  await expect(bob.tiles('Ada’s screen')).toHaveAttribute('data-role', 'focus');
  await expect(ada.tiles('Your screen')).toContainText('You’re sharing your screen');
  await ada.tiles('Your screen').getByRole('button', { name: 'Stop sharing' }).click();
  await expect(bob.tiles('Ada’s screen')).toHaveCount(0);
  for (const side of [ada, bob]) await side.close();
});

test('a crowd has pages, a pinned tile has a filmstrip, and everyone can be reached', async ({ browser }) => {
  const room = newRoom();
  const ada = await CallPage.open(browser, room, { viewport: { width: 1000, height: 700 } });
  await ada.joinSilently('Ada');
  const names = Array.from({ length: 40 }, (_, index) => `Guest ${index} of the crowd`);
  for (const name of names) await addGuest(room, { name });
  const labels = (): Promise<string[]> => ada.tiles().locator('bdi').allInnerTexts();
  await expect(ada.stage.getByRole('button', { name: 'Next page' })).toBeVisible();
  const seen = new Set<string>();
  const turn = async (): Promise<number> => {
    for (const label of await labels()) seen.add(label);
    await ada.stage.getByRole('button', { name: 'Next page' }).click();
    return seen.size;
  };
  await expect.poll(turn, { intervals: [20] }).toBe(41);

  const first = ada.tiles('Guest 0 of the crowd');
  while ((await first.count()) === 0) await ada.stage.getByRole('button', { name: 'Next page' }).click();
  await first.hover();
  await first.getByRole('button', { name: 'Options for Guest 0 of the crowd' }).click();
  await ada.page.getByRole('menuitem', { name: 'Pin' }).click();
  await expect(first).toHaveAttribute('data-role', 'focus');
  const reached = new Set<string>();
  const turnFilmstrip = async (): Promise<number> => {
    for (const label of await labels()) reached.add(label);
    await ada.stage.getByRole('button', { name: /^\d+ more$/ }).click();
    return reached.size;
  };
  await expect.poll(turnFilmstrip, { intervals: [20] }).toBe(41);
  await ada.close();
});

test('the self-view moves to another corner by dragging and by the arrow keys', async ({ browser }) => {
  const room = newRoom();
  const ada = await CallPage.open(browser, room, { viewport: { width: 900, height: 600 } });
  await ada.joinSilently('Ada');
  await addGuest(room, { name: 'Bob' });
  const self = ada.tiles('You');
  await expect(self).toHaveAttribute('data-role', 'floating');
  const place = async () => {
    const { x, y } = (await self.boundingBox()) ?? { x: 0, y: 0 };
    return `${y < 300 ? 'top' : 'bottom'} ${x < 450 ? 'left' : 'right'}`;
  };
  await expect.poll(place).toBe('bottom right');
  await self.hover();
  await ada.page.mouse.down();
  await ada.page.mouse.move(80, 80, { steps: 5 });
  await ada.page.mouse.up();
  await expect.poll(place).toBe('top left');
  await self.focus();
  await ada.page.keyboard.press('ArrowDown');
  await expect.poll(place).toBe('bottom left');
  await ada.close();
});
