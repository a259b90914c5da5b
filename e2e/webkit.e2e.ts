import { test } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { askForTicket, newRoom, usualSdkFile } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { WebKitPage } from './support/webkit-page.ts';

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
