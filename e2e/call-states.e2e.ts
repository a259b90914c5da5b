import { test, type Browser } from '@playwright/test';
import { ApiGuest } from './support/api-guest.ts';
import { CallPage, type CallPageOptions } from './support/call-page.ts';
import { newRoom } from './support/caller.ts';
import { examine } from './support/examine-state.ts';
import { expect } from './support/expect.ts';
import { OwnServer } from './support/own-server.ts';

let server: OwnServer;
test.beforeAll(async () => {
  server = await OwnServer.start({ PARLEY_RATE_LIMITS: 'off' });
});
test.afterAll(() => server.close());

async function hosted(browser: Browser, lobby?: object) {
  const { conferenceId } = await server.openConference();
  const host = await CallPage.open(browser, await server.invite(conferenceId, { moderator: true }));
  await host.joinSilently('Host');
  if (lobby) await host.withElement((call) => call.conference?.moderation.openLobby());
  const open = async (options?: CallPageOptions): Promise<CallPage> =>
    CallPage.open(browser, await server.invite(conferenceId), options);
  return { conferenceId, host, open };
}

/** Removes what a browser lacks, or makes it refuse. */
const refuse = {
  everything: () => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
  },
  camera: () => {
    const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (constraints) =>
      constraints?.video
        ? Promise.reject(new DOMException('in use', 'NotReadableError'))
        : original(constraints);
  },
  /** A permission prompt stays open until the event `answer-prompt`. */
  answer: () => {
    if (!navigator.mediaDevices) return;
    const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.permissions.query = () => Promise.resolve({ state: 'prompt' } as PermissionStatus);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      await new Promise((resolve) => window.addEventListener('answer-prompt', resolve, { once: true }));
      return await original(constraints);
    };
  },
  calls: () => void Reflect.deleteProperty(window, 'RTCPeerConnection'),
  security: () => void Object.defineProperty(window, 'isSecureContext', { value: false }),
};

test.describe('before a call', () => {
  test('the lobby shows the camera, and remembers the name', async ({ browser }) => {
    const ada = await CallPage.open(browser, newRoom());
    await expect(ada.lobby.getByLabel('Your name')).toBeFocused();
    await expect(ada.lobby.locator('video')).toBeVisible();
    await expect(ada.lobby).toContainText('No one else is here yet');
    await examine(ada, 'lobby');
    await ada.lobby.getByRole('button', { name: 'Join call' }).click();
    await expect(ada.lobby.getByText('Enter your name to join.')).toBeVisible();
    await expect(ada.lobby.getByLabel('Your name')).toBeFocused();
    await examine(ada, 'lobby-without-name');
    await ada.join('Ada Lovelace');
    await ada.page.reload();
    await expect(ada.lobby.getByLabel('Your name')).toHaveValue('Ada Lovelace');
    await ada.close();
  });

  test('a denied permission is explained once, with a picture and a way to try again', async ({
    browser,
  }) => {
    const ada = await CallPage.open(browser, newRoom(), { before: refuse.everything });
    await expect(ada.lobby.getByRole('alert')).toHaveText(
      /^Access to the camera and microphone was denied\./,
    );
    await expect(ada.lobby.getByRole('img', { name: /^How to allow/ })).toBeVisible();
    await examine(ada, 'lobby-denied');
    await ada.page.evaluate(() => Reflect.deleteProperty(navigator.mediaDevices, 'getUserMedia'));
    await ada.lobby.getByRole('button', { name: 'Try again' }).click();
    await expect(ada.lobby.locator('video')).toBeVisible();
    await expect(ada.lobby.getByRole('alert')).toHaveCount(0);
    await ada.close();
  });

  test('without a camera, the microphone works, and the call can be joined', async ({ browser }) => {
    const room = newRoom();
    const ada = await CallPage.open(browser, room, { before: refuse.camera });
    await expect(ada.lobby.getByRole('alert')).toContainText('The camera can’t be opened');
    await examine(ada, 'lobby-without-camera');
    await ada.join('Ada');
    const bob = await CallPage.open(browser, room);
    await bob.joinSilently('Bob');
    await expect(bob.tiles('Ada').and(bob.page.locator('[speaking]'))).toHaveCount(1);
    for (const side of [ada, bob]) await side.close();
  });

  test('a browser without calls, and a page that is not secure, get a sentence instead of a lobby', async ({
    browser,
  }) => {
    const old = await CallPage.open(browser, newRoom(), { before: refuse.calls });
    await expect(old.page.getByRole('heading', { name: 'This browser can’t make calls' })).toBeVisible();
    await examine(old, 'unsupported');
    await old.close();
    const insecure = await CallPage.open(browser, newRoom(), { before: refuse.security });
    await expect(insecure.page.getByRole('heading', { name: 'Calls need a secure page' })).toBeVisible();
    await examine(insecure, 'insecure');
    await insecure.close();
  });

  test('joining says what it waits for while the browser asks for permission, and goes on without devices', async ({
    browser,
  }) => {
    const ada = await CallPage.open(browser, newRoom(), { before: refuse.answer });
    await expect(ada.lobby).toContainText('Your browser asks whether this page may use your camera');
    await ada.lobby.getByLabel('Your name').fill('Ada');
    await ada.lobby.getByRole('button', { name: 'Join call' }).click();
    await expect(
      ada.lobby.getByRole('status').filter({ hasText: 'Answer your browser’s question' }),
    ).toBeVisible();
    await expect(ada.lobby.getByRole('button', { name: 'Joining…' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await examine(ada, 'lobby-permission');
    await ada.lobby.getByRole('button', { name: 'Join without them' }).click();
    await expect(ada.stage).toBeVisible();
    await expect(ada.button(/^Unmute/)).toBeVisible();
    await ada.close();
  });

  test('who answers the permission prompt after pressing the button joins with devices', async ({
    browser,
  }) => {
    const ada = await CallPage.open(browser, newRoom(), { before: refuse.answer });
    await ada.lobby.getByLabel('Your name').fill('Ada');
    await ada.lobby.getByRole('button', { name: 'Join call' }).click();
    await expect(ada.lobby.getByRole('button', { name: 'Join without them' })).toBeVisible();
    await ada.page.evaluate(() => window.dispatchEvent(new Event('answer-prompt')));
    await expect(ada.button(/^Mute/)).toBeVisible();
    await expect(ada.tiles('You').locator('video')).toBeVisible();
    await ada.close();
  });
});

test.describe('in a call', () => {
  test('a crowd with names in every script, raised hands and an open menu', async ({ browser }) => {
    const { host, conferenceId } = await hosted(browser);
    const names = ['李小龙', 'محمد علي', 'Σοφία', 'Дарья', 'x'.repeat(200), '<b>Eve</b>', '👩‍👩‍👧 family'];
    for (const name of names) {
      await ApiGuest.join(await server.invite(conferenceId), { name, isHandRaised: true });
    }
    await expect(host.tiles()).toHaveCount(names.length + 1);
    await expect(host.tiles('<b>Eve</b>')).toBeVisible();
    await examine(host, 'crowd');
    await host.button('More').click();
    await expect(host.page.getByRole('menuitem').first()).toBeFocused();
    await examine(host, 'menu');
    await host.page.keyboard.press('Escape');
    await expect(host.button('More')).toBeFocused();
    await host.close();
  });

  test('chat, people, settings and invitation open and close, and focus goes with them', async ({
    browser,
  }) => {
    const { host, conferenceId } = await hosted(browser);
    await ApiGuest.join(await server.invite(conferenceId), { name: 'Bob' });
    await host.page.keyboard.press('c');
    await host.page.getByRole('textbox', { name: /message/i }).fill('See https://example.com');
    await host.page.keyboard.press('Enter');
    await expect(host.page.getByRole('link', { name: 'https://example.com' })).toBeVisible();
    await examine(host, 'chat');
    await host.page.keyboard.press('Escape');
    await expect(host.button(/^Chat/)).toBeFocused();
    await host.page.keyboard.press('p');
    await expect(host.page.locator('parley-people')).toContainText('Bob');
    await examine(host, 'people');
    await host.page.keyboard.press('Escape');
    await host.chooseMore('Settings');
    await expect(host.page.locator('parley-settings').getByLabel('Camera')).toBeVisible();
    await examine(host, 'settings');
    await host.page.keyboard.press('Escape');
    await host.chooseMore('Invite');
    await expect(host.page.getByRole('img', { name: /^QR code/ })).toBeVisible();
    await examine(host, 'invite');
    await host.close();
  });

  test('a server that is away is said, and so is its return', async ({ browser }) => {
    const { host } = await hosted(browser);
    await host.page.context().setOffline(true);
    await expect(host.page.locator('parley-notices')).toContainText('Reconnecting…');
    const [pill, alone] = await Promise.all(
      ['Reconnecting…', 'You’re the only one here'].map((text) => host.page.getByText(text).boundingBox()),
    );
    expect((pill?.y ?? 0) + (pill?.height ?? 0), 'it covers nothing').toBeLessThan(alone?.y ?? 0);
    await examine(host, 'reconnecting');
    await host.page.context().setOffline(false);
    await expect(host.page.locator('parley-notices')).not.toContainText('Reconnecting…');
    await host.close();
  });
});

test.describe('a waiting room', () => {
  test('shows the host’s words to those who wait, and lets them in or not', async ({ browser }) => {
    const { host, open } = await hosted(browser, {});
    const eve = await open();
    await eve.lobby.getByLabel('Your name').fill('Eve');
    await eve.lobby.getByRole('button', { name: 'Join call' }).click();
    await expect(eve.page.getByRole('heading', { name: /^Waiting for the host/ })).toBeFocused();
    await examine(eve, 'waiting');
    await host.page.keyboard.press('p');
    await host.page.locator('parley-people').getByRole('button', { name: 'Admit' }).first().click();
    await expect(eve.stage).toBeVisible();

    const mallory = await open();
    await mallory.lobby.getByLabel('Your name').fill('Mallory');
    await mallory.lobby.getByRole('button', { name: 'Join call' }).click();
    await host.page.locator('parley-people').getByRole('button', { name: 'Deny' }).first().click();
    await expect(mallory.page.getByRole('heading', { name: 'The host didn’t let you in' })).toBeFocused();
    await examine(mallory, 'denied');
    for (const side of [host, eve, mallory]) await side.close();
  });
});

test.describe('after a call', () => {
  test('everyone learns how it ended: left, removed with a reason, ended for everyone', async ({
    browser,
  }) => {
    const { host, open } = await hosted(browser);
    const eve = await open();
    await eve.joinSilently('Eve');
    const bob = await open();
    await bob.joinSilently('Bob');
    await host.withElement(async (call) => {
      const { conference } = call;
      const { participants = [] } = conference?.state.getSnapshot().conference ?? {};
      const eve = participants.find(({ metadata }) => metadata['name'] === 'Eve');
      await conference?.moderation.remove(eve?.id ?? '', { reason: 'Too loud' });
    });
    await expect(eve.page.getByRole('heading', { name: 'You were removed from the call' })).toBeFocused();
    await expect(eve.page.locator('parley-call')).toContainText('Reason: Too loud');
    await expect(eve.page.getByRole('button', { name: 'Rejoin' })).toHaveCount(0);
    await examine(eve, 'removed');
    await host.chooseMore('End call for everyone');
    await host.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await expect(host.stage).toBeVisible();
    await host.chooseMore('End call for everyone');
    await examine(host, 'confirm-end');
    await host.page.getByRole('dialog').getByRole('button', { name: 'End call for everyone' }).click();
    for (const side of [host, bob]) {
      await expect(side.page.getByRole('heading', { name: 'The call has ended' })).toBeFocused();
    }
    await examine(bob, 'ended');
    for (const side of [host, eve, bob]) await side.close();
  });
});
