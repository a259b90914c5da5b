import { test, type Page } from '@playwright/test';
import { apiPort, demoUrl } from './support/addresses.ts';
import { askForTicket, Caller, newRoom } from './support/caller.ts';
import { changeCommands } from './support/change-commands.ts';
import { expect } from './support/expect.ts';
import { launchFirefox } from './support/firefox-launch.ts';
import { launchChromium } from './support/launch-chromium.ts';

/** How a promise settled, as an app sees it: the error's code and message, or that there was no error. */
interface Outcome {
  readonly code: string;
  readonly message: string;
}

/** Runs `call` in the page and returns the rejection of its promise. */
async function rejection(page: Page, call: () => Promise<unknown>): Promise<Outcome> {
  return await page.evaluate(
    `(${call.toString()})().then(
      () => ({ code: 'none', message: 'it resolved' }),
      (error) => ({ code: String(error.code), message: error.message }),
    )`,
  );
}

/** Proves that the conference still works: another participant receives what is published now. */
async function expectUsable(ada: Caller, room: string): Promise<void> {
  const bob = await ada.openAnother();
  await bob.join(room, 'Bob');
  await ada.publish(77);
  await bob.expectVideoOf(77);
  await bob.close();
}

test.describe('bad input causes a typed error and leaves the conference usable', () => {
  test('a missing token', async ({ browser }) => {
    const ada = await Caller.open(browser);
    const outcome = await rejection(ada.page, () =>
      window.Parley.Conference.join({ server: location.origin, conferenceId: 'c', token: '' }),
    );
    expect(outcome.code).toBe('ERR_INVALID_OPTIONS');
    expect(outcome.message).toMatch(/`token`.*Pass/);
    await ada.close();
  });

  test('a token that the server rejects', async ({ browser }) => {
    const ada = await Caller.open(browser);
    const outcome = await rejection(ada.page, () =>
      window.Parley.Conference.join({ server: location.origin, conferenceId: 'c', token: 'not-a-token' }),
    );
    expect(outcome.code).toBe('ERR_UNAUTHORIZED');
    await ada.close();
  });

  test('a conference that the ticket is not valid for', async ({ browser }) => {
    const ada = await Caller.open(browser);
    const room = newRoom();
    await ada.join(room, 'Ada');
    const { ticket } = await askForTicket(room);
    const outcome = await ada.page.evaluate(async (ticket) => {
      const server = location.origin;
      const { token } = await window.Parley.redeemTicket({ server, ticket });
      return await window.Parley.Conference.join({ server, conferenceId: 'somewhere-else', token }).then(
        () => 'it resolved',
        (error: unknown) => (error as { code: string }).code,
      );
    }, ticket);
    expect(['ERR_FORBIDDEN', 'ERR_NOT_FOUND']).toContain(outcome);
    await expectUsable(ada, room);
    await ada.close();
  });

  test('a server that cannot be reached', async ({ browser }) => {
    const ada = await Caller.open(browser);
    const outcome = await rejection(ada.page, () =>
      window.Parley.Conference.join({
        server: 'http://127.0.0.1:1',
        conferenceId: 'c',
        token: 'x',
        timeoutMs: 3_000,
      }),
    );
    expect(['ERR_CONNECTION', 'ERR_TIMEOUT']).toContain(outcome.code);
    expect(outcome.message).toContain('127.0.0.1');
    await ada.close();
  });

  test('a microphone-only stream published as CAM', async ({ browser }) => {
    const ada = await Caller.open(browser);
    const room = newRoom();
    await ada.join(room, 'Ada');
    const outcome = await rejection(ada.page, async () => {
      const mediaStream = await navigator.mediaDevices.getUserMedia({ audio: true });
      await window.conference.publishStream({ mediaStream, type: 'CAM' });
    });
    expect(outcome.code).toBe('ERR_STREAM_TYPE_MISMATCH');
    await expectUsable(ada, room);
    await ada.close();
  });

  test('a malformed SDP', async ({ browser }) => {
    const ada = await Caller.open(browser);
    const room = newRoom();
    await ada.join(room, 'Ada');
    const sdpOffer = 'v=0\r\nthis is no offer';
    const restore = await changeCommands(ada.page, '/publishStream', { sdpOffer });
    const outcome = await rejection(ada.page, () => window.conference.publishStream({ camera: true }));
    expect(outcome.code).toBe('ERR_INVALID_REQUEST');
    await restore();
    await expectUsable(ada, room);
    await ada.close();
  });

  test('a stream that does not exist', async ({ browser }) => {
    const ada = await Caller.open(browser);
    const room = newRoom();
    await ada.join(room, 'Ada');
    const outcome = await rejection(ada.page, () => window.conference.viewStream('no-such-stream'));
    expect(outcome.code).toMatch(/NOT_FOUND|UNKNOWN_STREAM/);
    await expectUsable(ada, room);
    await ada.close();
  });

  test('a call after leaving', async ({ browser }) => {
    const ada = await Caller.open(browser);
    await ada.join(newRoom(), 'Ada');
    await ada.leave();
    const outcome = await rejection(ada.page, () => window.conference.publishStream({ camera: true }));
    expect(outcome.code).toBe('ERR_NOT_JOINED');
    await ada.close();
  });
});

test.describe('a browser without usable devices causes a typed error and can still join and view', () => {
  const browsers = [
    {
      title: 'a denied camera',
      flags: ['--use-fake-device-for-media-stream', '--deny-permission-prompts'],
      preferences: { 'media.navigator.permission.disabled': false, 'permissions.default.camera': 2 },
      code: 'ERR_DEVICE_DENIED',
    },
    {
      title: 'no camera at all',
      flags: ['--use-fake-device-for-media-stream=device-count=0', '--use-fake-ui-for-media-stream'],
      // Only a camera with this name, which no machine has.
      preferences: { 'media.navigator.streams.fake': false, 'media.video_loopback_dev': 'none' },
      code: 'ERR_DEVICE_NOT_FOUND',
    },
  ];
  for (const { title, flags, preferences, code } of browsers) {
    test(title, async ({ browser, browserName }) => {
      const other = await (browserName === 'firefox' ? launchFirefox(preferences) : launchChromium(flags));
      const room = newRoom();
      const bob = await Caller.open(browser);
      await bob.join(room, 'Bob');
      await bob.publish(22);
      const ada = await Caller.open(other);
      await ada.join(room, 'Ada');
      const outcome = await rejection(ada.page, () => window.conference.publishStream({ camera: true }));
      expect(outcome.code).toBe(code);
      await ada.expectVideoOf(22);
      await other.close();
      await bob.close();
    });
  }

  test('an insecure origin', async ({ browserName }) => {
    // Every host name except localhost is insecure without https. The page has the API's address, to share its origin.
    const insecureUrl = `http://insecure.test:${apiPort}`;
    const other = await (browserName === 'firefox'
      ? launchFirefox({ 'network.dns.forceResolve': '127.0.0.1' })
      : launchChromium(['--host-resolver-rules=MAP insecure.test 127.0.0.1']));
    // The API's pages allow no scripts. Chromium can ignore that; in Firefox, another page replaces them, which Chromium would
    // not let reach this machine.
    const page = await other.newPage({ bypassCSP: browserName === 'chromium' });
    const pageUrl = `${insecureUrl}/healthz`;
    if (browserName === 'firefox') {
      await page.route(pageUrl, (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
      );
    }
    await page.goto(pageUrl);
    await page.addScriptTag({ content: await (await fetch(`${demoUrl}/parley.iife.js`)).text() });
    expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
    const { ticket, conferenceId } = await askForTicket(newRoom());
    const outcome = await page.evaluate(
      async ({ ticket, conferenceId }) => {
        const server = location.origin;
        const { token } = await window.Parley.redeemTicket({ server, ticket });
        const conference = await window.Parley.Conference.join({ server, conferenceId, token });
        const code = await conference.publishStream({ camera: true }).then(
          () => 'it resolved',
          (error: unknown) => (error as { code: string }).code,
        );
        return { code, connection: conference.state.getSnapshot().connection };
      },
      { ticket, conferenceId },
    );
    expect(outcome).toEqual({ code: 'ERR_INSECURE_ORIGIN', connection: 'connected' });
    await other.close();
  });
});
