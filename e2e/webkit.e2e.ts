import { test } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { askForTicket, newRoom, usualSdkFile } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { openFakeCall } from './support/fake-call.ts';
import { PartsApp } from './support/parts-page.ts';
import { WebKitPage } from './support/webkit-page.ts';

/** The videos of a call, in the shadow roots of its elements. Runs in the page. */
function movingVideos(): { readonly width: number; readonly atS: number }[] {
  const within = (root: Document | ShadowRoot): HTMLVideoElement[] => [
    ...root.querySelectorAll('video'),
    ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? within(shadowRoot) : [])),
  ];
  return within(document).map(({ videoWidth, currentTime }) => ({ width: videoWidth, atS: currentTime }));
}

/** The middle of the button that joins. Runs in the page. */
function placeOfJoin(): { readonly x: number; readonly y: number } {
  const lobby = document.querySelector('parley-call')?.shadowRoot?.querySelector('parley-lobby');
  const button = lobby?.shadowRoot?.querySelector('button[type="submit"]');
  const { x = 0, y = 0, width = 0, height = 0 } = button?.getBoundingClientRect() ?? {};
  return { x: x + width / 2, y: y + height / 2 };
}

test.describe('in a WebKit without WebRTC', () => {
  test.skip(process.platform !== 'linux', 'Only Linux has this browser.');

  let page: WebKitPage;

  test.beforeAll(async () => {
    // Installing the packages may take a while.
    test.setTimeout(180_000);
    page = await WebKitPage.open();
  });

  test.afterAll(async () => {
    await page.close();
  });

  test('the script-tag page says that the browser cannot make calls', async () => {
    await page.goto(`${demoUrl}/script-tag/?room=${newRoom()}`);
    const words = () =>
      page.evaluate(() => document.querySelector('parley-call')?.shadowRoot?.textContent ?? '', undefined);
    await expect.poll(words).toMatch(/This browser can’t make calls\s*Update it, or open this page in/);
  });

  for (const kind of ['react', 'vue']) {
    test(`the ${kind} page says in the lobby that the browser cannot make calls`, async () => {
      await page.goto(`${demoUrl}/${kind}/?room=${newRoom()}`);
      await page.use('input', 'Ada');
      await page.use('button');
      await page.expectText(
        '[role="alert"]',
        /^Your browser doesn’t support this\. Update it, or try another/,
      );
    });
  }

  test('the call element shows a lobby and a call on the fake conference, with people who move', async ({
    browserName: _,
  }, testInfo) => {
    const app = await PartsApp.start('fake-app');
    try {
      await page.goto(app.url);
      await expect.poll(() => page.evaluate(() => 'fakes' in window, undefined)).toBe(true);
      await page.evaluate(openFakeCall, undefined);
      const words = () =>
        page.evaluate(() => document.querySelector('parley-call')?.shadowRoot?.textContent ?? '', undefined);
      await expect.poll(words).toContain('Ada Lovelace');
      await page.screenshot(testInfo.outputPath('lobby.png'));
      // A real click, without which WebKit lets no audio flow, nor the video beside it.
      await page.clickAt(await page.evaluate(placeOfJoin, undefined));
      const videos = () => page.evaluate(movingVideos, undefined);
      await expect.poll(async () => (await videos()).length).toBe(3);
      const arePlaying = async () => (await videos()).map(({ width, atS }) => width > 0 && atS > 0);
      await expect.poll(arePlaying).toEqual([true, true, true]);
      await page.evaluate(() => {
        window.ada.speak();
        window.ada.raiseHand();
      }, undefined);
      await page.screenshot(testInfo.outputPath('call.png'));
      await page.evaluate(() => window.room.end(), undefined);
      await expect.poll(words).toMatch(/ended/);
    } finally {
      await page.goto('about:blank');
      app.close();
    }
  });

  test('the SDK loads, joins, and names what is missing for media in a typed error', async () => {
    await page.goto(demoUrl);
    const invitation = { ...(await askForTicket(newRoom())), sdkFile: usualSdkFile };
    const outcome = await page.evaluate(async ({ ticket, conferenceId, sdkFile }) => {
      const script = document.createElement('script');
      script.src = sdkFile;
      document.head.append(script);
      await new Promise((resolve) => {
        script.addEventListener('load', resolve);
      });
      const { Parley } = window;
      const codeOf = (call: Promise<unknown>) =>
        call.then(
          () => 'none',
          ({ code, missing, kind }: { code: string; missing?: string; kind?: string }) =>
            `${code} ${missing ?? kind}`,
        );
      const devices = await Parley.createDevices();
      const server = location.origin;
      const { token } = await Parley.redeemTicket({ server, ticket });
      const conference = await Parley.Conference.join({ server, conferenceId, token });
      const canvas = document.createElement('canvas');
      canvas.getContext('2d');
      return {
        camera: devices.choice('camera').device ?? 'none',
        preview: await codeOf(Parley.createPreview({ camera: true })),
        both: await codeOf(Parley.createPreview({ camera: true, microphone: true })),
        publish: await codeOf(
          conference.publishStream({ mediaStream: canvas.captureStream(5), type: 'CAM' }),
        ),
        connection: conference.state.getSnapshot().connection,
        left: await codeOf(conference.leave()),
      };
    }, invitation);
    expect(outcome).toEqual({
      camera: 'none',
      preview: 'ERR_DEVICE_NOT_FOUND camera',
      both: 'ERR_DEVICE_NOT_FOUND camera and microphone',
      publish: 'ERR_UNSUPPORTED_BROWSER RTCPeerConnection',
      connection: 'connected',
      left: 'none',
    });
  });
});
