import { test, type Locator } from '@playwright/test';
import { expect } from './support/expect.ts';
import { hearNotes } from './support/heard-notes.ts';
import { HostedParts } from './support/hosted-parts.ts';
import type { PartsPage } from './support/parts-page.ts';

let parts: HostedParts;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  parts = await HostedParts.start();
});
test.afterAll(() => parts.close());

test('two chat: links open safely, emojis are large, unread messages are counted and marked', async ({
  browser,
}) => {
  const { host, enter } = await parts.openCall(browser);
  const ada = await enter('Ada');
  await host.show('parley-chat');
  await expect(host.page.getByText('No messages yet')).toBeVisible();
  await host.write('Read https://example.org/a?b=1.');
  await host.write('👍🏽');

  await expect.poll(() => ada.unreadCount()).toBe(2);
  const chat = await ada.show('parley-chat');
  await expect(chat.getByRole('log')).toContainText('Hanna Host');
  await expect.poll(() => ada.unreadCount()).toBe(0);
  const divider = chat.locator('.divider');
  await expect(divider).toHaveText('New messages');
  const link = chat.getByRole('link', { name: 'https://example.org/a?b=1', exact: true });
  await expect(link).toHaveAttribute('href', 'https://example.org/a?b=1');
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  await expect(link).toHaveAttribute('target', '_blank');
  const fontSizePx = (text: string) =>
    chat.getByText(text).evaluate((bubble) => Number.parseFloat(getComputedStyle(bubble).fontSize));
  expect(await fontSizePx('👍🏽')).toBeGreaterThan(2 * (await fontSizePx('Read')));

  await ada.write('<img src=x onerror=alert(1)>\nsecond line');
  const answer = host.page.getByRole('log').getByText('second line');
  await expect(answer).toContainText('<img src=x onerror=alert(1)>');
  expect(await host.page.locator('parley-chat img').count()).toBe(0);
  // The new lines are no longer new to somebody who answers.
  await expect(divider).toHaveCount(0);
  expect([...host.errors, ...ada.errors]).toEqual([]);
  for (const one of [host, ada]) await one.close();
});

test('Shift and Enter begins a line, an input method keeps its Enter, and a draft outlives its panel', async ({
  browser,
}) => {
  const { host } = await parts.openCall(browser);
  const chat = await host.show('parley-chat');
  const field = chat.getByRole('textbox');
  await field.click();
  await host.page.keyboard.type('one');
  const heightOfOne = (await field.boundingBox())?.height ?? 0;
  for (let line = 2; line < 12; line += 1) {
    await host.page.keyboard.press('Shift+Enter');
    await host.page.keyboard.type('more');
  }
  const heightOfMany = (await field.boundingBox())?.height ?? 0;
  expect(heightOfMany).toBeGreaterThan(heightOfOne + 50);
  expect(heightOfMany).toBeLessThan(heightOfOne + 120);
  await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  const before = await field.inputValue();
  expect(before.split('\n')).toHaveLength(11);

  await host.show('parley-people');
  await host.show('parley-chat');
  await expect(field).toHaveValue(before);
  await field.press('Enter');
  await expect(field).toHaveValue('');
  await expect(chat.getByRole('log').getByText('one')).toBeVisible();
  await host.close();
});

test('a pasted text that is too long for one message is neither cut off nor sent', async ({ browser }) => {
  const { host } = await parts.openCall(browser);
  const chat = await host.show('parley-chat');
  const field = chat.getByRole('textbox');
  const pasted = `${'a long text '.repeat(5_000)}and its end`;
  await field.click();
  await host.page.keyboard.insertText(pasted);
  await expect(chat.getByRole('status')).toContainText('Too long: 60011 characters of at most 4000.');
  await expect(chat.getByRole('button', { name: 'Send' })).toBeDisabled();
  await field.press('Enter');
  await expect(field).toHaveValue(pasted);

  await field.fill('its end');
  await expect(chat.getByText('Too long')).toHaveCount(0);
  await field.press('Enter');
  await expect(chat.getByRole('log').getByText('its end')).toBeVisible();
  await host.close();
});

test('a chat stays where its reader has scrolled to, and offers the newer messages', async ({ browser }) => {
  const { host, enter } = await parts.openCall(browser);
  const ada = await enter('Ada');
  const chat = await ada.show('parley-chat');
  await host.show('parley-chat');
  for (let count = 1; count <= 25; count += 1) await host.write(`Message ${count}`);
  const log = chat.getByRole('log');
  const newest = (text: string) => log.locator('.bubble').filter({ hasText: text });
  await expect(newest('Message 25')).toBeInViewport();
  await log.evaluate((element) => {
    element.scrollTop = 0;
  });
  await host.write('Are you there?');
  const button = chat.getByRole('button', { name: 'New messages' });
  await button.click();
  await expect(newest('Are you there?')).toBeInViewport();
  await expect(button).toBeHidden();
  for (const one of [host, ada]) await one.close();
});

test('a message that was not sent says why, and can be sent again', async ({ browser }) => {
  const { host, enter } = await parts.openCall(browser);
  const ada = await enter('Ada');
  await host.show('parley-chat');
  const chat = await ada.show('parley-chat');
  const hanna = await host.endpointId();
  const adasId = await ada.endpointId();
  const permit = (send: boolean) =>
    host.page.evaluate(
      async ({ id, isAllowed }) => window.conference.moderation.setPermissions(id, { send: isAllowed }),
      { id: adasId, isAllowed: send },
    );
  expect(hanna).not.toBe(adasId);
  await permit(false);
  await expect(chat.getByRole('textbox')).toBeDisabled();
  await expect(chat.getByText('The host doesn’t allow this')).toBeVisible();
  // A program does not look at a field that is disabled.
  await ada.page.evaluate(async () => window.headless.callOf(window.conference).chat.send('Hello?'));
  await expect(chat.getByText('Not sent. The host doesn’t allow you to do this.')).toBeVisible();
  await permit(true);
  await expect(chat.getByRole('textbox')).toBeEnabled();
  await chat.getByRole('button', { name: 'Try again' }).click();
  await expect(host.page.getByRole('log').getByText('Hello?')).toBeVisible();
  await expect(chat.getByText('Not sent')).toBeHidden();
  for (const one of [host, ada]) await one.close();
});

/** The role of what has the focus once a menu is open, before the browser has time for another key. */
function focusedByOpening(button: Locator): Promise<string | null | undefined> {
  return button.evaluate(async (element) => {
    const { host } = element.getRootNode() as ShadowRoot;
    (element as HTMLButtonElement).click();
    await (host as HTMLElementTagNameMap['parley-menu']).updateComplete;
    return host.shadowRoot?.activeElement?.role;
  });
}

test('the host sees hands and microphones, mutes, and removes with the keyboard alone', async ({
  browser,
}) => {
  const { host, enter } = await parts.openCall(browser);
  const [ada, bob] = [await enter('Ada'), await enter('Bob')];
  const people = await host.show('parley-people');
  const rowOf = (name: string) => people.getByRole('listitem').filter({ hasText: name });
  await expect(people.getByText('3 people')).toBeVisible();
  await ada.page.evaluate(async () => {
    const call = window.headless.callOf(window.conference);
    await call.ownMedia.camera.publish({ microphone: true, camera: true });
    await call.toggleHand();
  });
  await expect(people.getByRole('heading', { name: 'Raised hands' })).toBeVisible();
  // The fake microphone beeps now and then, or all the time, depending on the browser.
  await expect(rowOf('Ada')).toContainText(/Microphone on|Speaking/);
  await expect(rowOf('Ada')).toContainText('Camera on');
  await expect(rowOf('Ada')).toContainText('Hand raised');

  // Only moderators have options, and nobody has any for oneself.
  const guestsPeople = await ada.show('parley-people');
  await expect(guestsPeople.getByText('3 people')).toBeVisible();
  await expect(guestsPeople.getByRole('button', { name: /Options/ })).toHaveCount(0);
  await expect(people.getByRole('button', { name: /Options/ })).toHaveCount(2);

  // Firefox sends keys to the window in front.
  await host.page.bringToFront();
  const { keyboard } = host.page;
  await people.getByRole('button', { name: 'Options for Ada' }).focus();
  await keyboard.press('Enter');
  await expect(people.getByRole('menuitem', { name: 'Mute' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(rowOf('Ada')).toContainText('Muted by the host');
  await expect(ada.page.getByText('The host muted you')).toBeVisible();

  await people.getByRole('button', { name: 'Options for Bob' }).focus();
  await keyboard.press('ArrowDown');
  await expect(people.getByRole('menuitem', { name: 'Make host' })).toBeFocused();
  await keyboard.press('r');
  await expect(people.getByRole('menuitem', { name: 'Remove from call' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(people.getByRole('group', { name: 'Remove Bob from the call?' })).toBeVisible();
  await expect(people.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await keyboard.press('Escape');
  await expect(people.getByRole('button', { name: 'Options for Bob' })).toBeFocused();
  // However fast they follow each other: neither opening nor closing lets a key through to what was there before.
  expect(await focusedByOpening(people.getByRole('button', { name: 'Options for Bob' }))).toBe('menuitem');
  for (const key of ['Escape', 'Enter', 'Escape', 'Enter', 'r', 'Enter', 'Tab', 'Enter']) {
    await keyboard.press(key);
  }
  await expect(rowOf('Bob')).toHaveCount(0);
  await expect(people.getByRole('heading', { name: 'People' })).toBeFocused();
  const connectionOf = ({ page }: PartsPage) =>
    page.evaluate(() => window.conference.state.getSnapshot().connection);
  await expect.poll(() => connectionOf(bob)).toBe('removed');
  await expect(ada.page.getByText('Bob was removed')).toBeVisible();

  await people.getByRole('button', { name: 'Options for Ada' }).click();
  await people.getByRole('menuitem', { name: 'Make host' }).click();
  await expect(guestsPeople.getByRole('switch', { name: 'Lock call' })).toBeVisible();
  await expect(rowOf('Ada').getByRole('img', { name: 'Host' })).toBeVisible();
  expect([...host.errors, ...ada.errors, ...bob.errors]).toEqual([]);
  for (const one of [host, ada, bob]) await one.close();
});

test('the host locks the call, opens a waiting room, and admits from the list and from a notice', async ({
  browser,
}) => {
  const { host, invite, enter } = await parts.openCall(browser);
  const people = await host.show('parley-people');
  const lock = people.getByRole('switch', { name: 'Lock call' });
  const lobby = people.getByRole('switch', { name: 'Waiting room' });
  await lock.click();
  await expect(lock).toBeChecked();
  await expect(enter('Late')).rejects.toThrow('locked');
  await lock.click();
  await expect(lock).not.toBeChecked();
  await lobby.click();
  await expect(lobby).toBeChecked();

  const [ada, bob, eve] = await Promise.all([
    parts.app.open(browser),
    parts.app.open(browser),
    parts.app.open(browser),
  ]);
  const joins = ada.join(await invite(), 'Ada');
  await expect(host.page.getByText('Ada is waiting to join')).toBeVisible();
  await host.page.locator('parley-notices').getByRole('button', { name: 'Admit' }).click();
  await joins;
  await expect(host.page.getByText('Ada joined')).toBeVisible();
  // No one is asked about a guest who is inside already.
  await expect(host.page.getByText('Ada is waiting to join')).toBeHidden();

  const bobJoins = bob.join(await invite(), 'Bob');
  await people.getByRole('button', { name: 'Admit: Bob' }).click();
  await bobJoins;
  const denied = expect(eve.join(await invite(), 'Eve')).rejects.toThrow('EntryDeniedError');
  await people.getByRole('button', { name: 'Deny: Eve' }).click();
  await denied;
  await expect(people.getByText('3 people')).toBeVisible();
  for (const one of [host, ada, bob, eve]) await one.close();
});

test('notices come and go, and lasting states offer what helps', async ({ browser }) => {
  const { host, enter } = await parts.openCall(browser);
  const ada = await enter('Ada');
  const { page } = host;
  await expect(page.getByText('Ada joined')).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByText('Ada joined')).toBeHidden();

  const notesHz = await hearNotes(page);
  await ada.show('parley-chat');
  await ada.write('Are you there?');
  const opened = page.evaluate(
    () => new Promise((resolve) => addEventListener('parley-open-chat', () => resolve(true))),
  );
  await expect(page.getByText('Ada: Are you there?')).toBeVisible();
  expect(await notesHz()).toEqual([]);
  await page.getByRole('button', { name: 'Reply' }).click();
  expect(await opened).toBe(true);
  await page.evaluate(() => window.headless.preferences.change({ hasSounds: true }));
  await ada.write('Still there?');
  const notice = page.locator('parley-notices').getByText('Ada: Still there?');
  await expect(notice).toBeVisible();
  await expect.poll(notesHz).toHaveLength(2);
  // What the user sees in the chat is no news.
  await host.show('parley-chat');
  await expect(notice).toBeHidden();

  await page.evaluate(async () => window.conference.hold());
  const states = ({ page: its }: PartsPage) => its.locator('parley-notices .pills');
  await expect(states(ada)).toContainText('The call is on hold');
  await expect(states(ada).getByRole('button')).toHaveCount(0);
  await states(host).getByRole('button', { name: 'Resume call' }).click();
  await expect(states(ada)).toHaveText('');

  await page.evaluate(async () => {
    const { moderation } = window.conference;
    const { attempt } = window.headless.callOf(window.conference);
    await attempt(() => moderation.mute('nobody', 'audio'));
  });
  await expect(page.getByRole('alert')).toContainText('That’s no longer there');
  expect([...host.errors, ...ada.errors]).toEqual([]);
  for (const one of [host, ada]) await one.close();
});

// Only Chromium lets a journey grant access to the clipboard.
test('an invitation copies its link and draws it as a QR code', { tag: '@chromium' }, async ({ browser }) => {
  const guest = await parts.app.open(browser);
  await guest.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const invite = await guest.show('parley-invite');
  await expect(invite.getByText('This link works on this device only')).toBeVisible();
  await guest.page.evaluate(() => {
    document.querySelector('parley-invite')?.setAttribute('link', 'https://example.org/?room=a');
  });
  await expect(invite.getByText('This link works on this device only')).toBeHidden();
  await expect(invite.getByRole('textbox')).toHaveValue('https://example.org/?room=a');
  await invite.getByRole('button', { name: 'Copy link' }).click();
  await expect(invite.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await guest.page.evaluate(() => navigator.clipboard.readText())).toBe('https://example.org/?room=a');
  await expect(invite.getByRole('img', { name: 'QR code' })).toBeVisible();

  await guest.page.context().clearPermissions();
  await guest.page.evaluate(() => {
    const refuse = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    Object.defineProperty(navigator.clipboard, 'writeText', { value: refuse });
  });
  await expect(invite.getByRole('button', { name: 'Copy link' })).toBeVisible();
  await invite.getByRole('button', { name: 'Copy link' }).click();
  const selected = await invite.getByRole('textbox').evaluate((field: HTMLInputElement) => {
    const { selectionStart, selectionEnd, value } = field;
    return value.slice(selectionStart ?? 0, selectionEnd ?? 0);
  });
  expect(selected).toBe('https://example.org/?room=a');
  await guest.close();
});

test('settings choose devices and remember preferences', async ({ browser }) => {
  const guest = await parts.app.open(browser);
  await guest.page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    for (const track of stream.getTracks()) track.stop();
  });
  const settings = await guest.show('parley-settings');
  const microphones = settings.getByRole('combobox', { name: 'Microphone' });
  await expect(microphones.getByRole('option').first()).toContainText('System default (');
  const names = await microphones.getByRole('option').allTextContents();
  const chosen = names.at(-1) ?? '';
  await microphones.selectOption(chosen);
  const sounds = settings.getByRole('switch', { name: /Play sounds/ });
  await expect(sounds).not.toBeChecked();
  await sounds.click();
  await settings.getByRole('button', { name: 'Test speaker' }).click();
  await expect(settings.getByRole('button', { name: 'Playing a sound' })).toBeVisible();
  await expect(settings.getByRole('button', { name: 'Test speaker' })).toBeVisible();

  await guest.page.reload();
  await guest.show('parley-settings');
  await expect(sounds).toBeChecked();
  await expect(settings.getByRole('switch', { name: 'Mirror your video' })).toBeChecked();
  await expect(microphones).toHaveValue(chosen);
  expect(guest.errors).toEqual([]);
  await guest.close();
});

test('what the page publishes itself is in its tile, and the button mutes it instead of publishing again', async ({
  browser,
}) => {
  const { host } = await parts.openCall(browser);
  const { page } = host;
  await page.evaluate(async () => {
    const parts = ['parley-stage', 'parley-controls'].map((tag) => document.createElement(tag));
    document.querySelector('#stage')?.append(...parts);
    await window.conference.publishStream({ camera: true, microphone: true });
  });
  await expect
    .poll(() => page.locator('parley-tile video').evaluate((video: HTMLVideoElement) => video.videoWidth))
    .toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Mute' }).click();
  await expect(page.getByRole('button', { name: 'Unmute' })).toBeVisible();
  const sent = await page.evaluate(() =>
    window.conference.state
      .getSnapshot()
      .ownStreams.map((own) => [own.type, own.isMuted('audio'), own.isMuted('video')]),
  );
  expect(sent).toEqual([['MIC_AND_CAM', true, false]]);
  await host.close();
});
