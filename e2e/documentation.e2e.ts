import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type Browser, type Page } from '@playwright/test';
import { accessibilityProblems } from './support/accessibility-problems.ts';
import { CallPage } from './support/call-page.ts';
import { drawnCamera } from './support/drawn-camera.ts';
import { ensureSite } from './support/ensure-site.ts';
import { expectNewFrames } from './support/expect-new-frames.ts';
import { expect } from './support/expect.ts';
import { OwnServer } from './support/own-server.ts';
import { sampleWith, serve, serveSample } from './support/sample-page.ts';

const bundle = fileURLToPath(new URL('../packages/elements/dist/bundle', import.meta.url));
let server: OwnServer;
test.beforeAll(async () => {
  server = await OwnServer.start({ PARLEY_RATE_LIMITS: 'off' });
});
test.afterAll(() => server.close());
// A page that stays open goes on encoding, which slows down the next test.
test.afterEach(async ({ browser }) => {
  for (const context of browser.contexts()) await context.close();
});
test.beforeEach(() => test.setTimeout(120_000));

/** Somebody in the call, whom the sample's page should show. */
async function openAda(browser: Browser, conferenceId: string): Promise<CallPage> {
  const ada = await CallPage.open(browser, await server.invite(conferenceId));
  await ada.join('Ada');
  return ada;
}

/** Opens a page that has the functions that samples assume. */
async function openSample(browser: Browser, url: string, conferenceId: string): Promise<Page> {
  const { ticket } = await server.invite(conferenceId);
  const page = await (await browser.newContext({ permissions: ['camera', 'microphone'] })).newPage();
  const login = new URLSearchParams({
    client_id: 'customer',
    grant_type: 'password',
    username: ticket,
    password: '',
    ticket,
  });
  await page.exposeFunction('fetchToken', async () => {
    const answer = await fetch(`${server.url}/security/oauth/token`, { method: 'POST', body: login });
    return ((await answer.json()) as { readonly access_token: string }).access_token;
  });
  await page.goto(`${url}/?ticket=${ticket}&conferenceId=${conferenceId}`);
  return page;
}

test('the one tag of the README is a call', async ({ browser }) => {
  const { ticket } = await server.openConference();
  const html = sampleWith('README.md', '<parley-call')
    .replace('https://rtc.example.com', server.url)
    .replace('ticket="…"', `ticket="${ticket}"`);
  const url = await serve((path) => {
    if (path === '/') return ['text/html', html];
    const file = join(bundle, path);
    return ['text/javascript', existsSync(file) ? readFileSync(file) : undefined];
  });
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  const lobby = page.locator('parley-lobby');
  await lobby.getByLabel('Your name').fill('Bob');
  await lobby.getByRole('button', { name: 'Join call' }).click();
  await expect(page.locator('parley-stage')).toBeVisible();
});

test('the ten lines of the README show and are seen by another participant', async ({ browser }) => {
  const { conferenceId } = await server.openConference();
  const ada = await openAda(browser, conferenceId);
  const url = await serveSample(sampleWith('README.md', 'redeemTicket'), {}, server.url);
  const page = await openSample(browser, url, conferenceId);
  await expectPlaying(page);
  await expect(ada.tiles()).toHaveCount(2);
});

test('the React quick start shows another participant, and publishes', async ({ browser }) => {
  const { conferenceId } = await server.openConference();
  const ada = await openAda(browser, conferenceId);
  const main = `
    import { createRoot } from 'react-dom/client';
    import { Call } from './call.tsx';
    const conferenceId = new URLSearchParams(location.search).get('conferenceId');
    createRoot(document.querySelector('main')).render(<Call conferenceId={conferenceId} />);`;
  const files = { 'call.tsx': sampleWith('packages/react/README.md', 'useConference') };
  const page = await openSample(browser, await serveSample(main, files, server.url), conferenceId);
  await expectPlaying(page);
  await expect(page.getByRole('button', { name: 'Microphone' })).toHaveAttribute('aria-pressed', 'true');
  await expect(ada.tiles()).toHaveCount(2);
});

test('the Vue quick start shows another participant, and publishes', async ({ browser }) => {
  const { conferenceId } = await server.openConference();
  const ada = await openAda(browser, conferenceId);
  const main = `
    import { createApp } from 'vue';
    import Call from './call.vue';
    const conferenceId = new URLSearchParams(location.search).get('conferenceId');
    createApp(Call, { conferenceId }).mount('main');`;
  const files = {
    'call.vue': sampleWith('packages/vue/README.md', '<!-- call.vue -->'),
    'remote-stream.vue': sampleWith('packages/vue/README.md', '<!-- remote-stream.vue -->'),
  };
  const page = await openSample(browser, await serveSample(main, files, server.url), conferenceId);
  await expectPlaying(page);
  await expect(page.getByRole('button', { name: 'Microphone' })).toHaveAttribute('aria-pressed', 'true');
  await expect(ada.tiles()).toHaveCount(2);
});

/** Waits until the page's video shows new frames. The samples of the README have no style that would play them by itself. */
async function expectPlaying(page: Page): Promise<void> {
  const video = page.locator('video').first();
  await expect(video).toBeVisible();
  await expectNewFrames(video, 5, { timeoutMs: 30_000 });
}

test('a call of four, as the start page shows it', async ({ browser }, testInfo) => {
  const { conferenceId } = await server.openConference();
  const host = await server.invite(conferenceId, { moderator: true });
  const options = { viewport: { width: 1200, height: 675 }, colorScheme: 'light' } as const;
  const hanna = await CallPage.open(browser, host, { ...options, before: drawnCamera(0) });
  await hanna.lobby.getByRole('button', { name: 'Microphone', exact: true }).click();
  await hanna.join('Hanna');
  const names = ['Ada', 'Bob', 'Chidi'];
  await Promise.all(
    names.map(async (name, index) => {
      const other = await CallPage.open(browser, await server.invite(conferenceId), {
        viewport: { width: 640, height: 480 },
        before: drawnCamera(index + 1),
      });
      // One of them speaks: the browser's fake microphone beeps.
      if (index > 0) await other.lobby.getByRole('button', { name: 'Microphone', exact: true }).click();
      await other.join(name);
    }),
  );
  for (const name of names) await hanna.expectVideoOf(name);
  await hanna.button('People').click();
  await expect(hanna.page.locator('parley-notices')).not.toContainText('joined');
  await hanna.page.screenshot({ path: testInfo.outputPath('call.png') });
});

const pages = [
  'index',
  'errors',
  'devices',
  'moving/from-livekit',
  'server/operations',
  'reference/api/@parley-rtc/sdk/index',
  'reference/http-api',
];
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, viewport] of Object.entries(sizes)) {
    test(`the site is accessible in ${colorScheme} colours on a ${device}`, async ({ browser }, testInfo) => {
      const site = ensureSite();
      const types: Readonly<Record<string, string>> = {
        '.css': 'text/css',
        '.js': 'text/javascript',
        '.png': 'image/png',
      };
      const url = await serve((path) => {
        const file = join(site, path);
        return [types[extname(path)] ?? 'text/html', existsSync(file) ? readFileSync(file) : undefined];
      });
      const context = await browser.newContext({ colorScheme, viewport });
      const page = await context.newPage();
      const strangers: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
          strangers.push(request.url());
      });
      for (const name of pages) {
        await page.goto(`${url}/${name}.html`);
        await page.screenshot({ path: testInfo.outputPath(`${name.replaceAll('/', '-')}.png`) });
        const examination = { isWhole: true, coloursOnly: colorScheme === 'dark' };
        expect.soft(await accessibilityProblems(page, examination), name).toEqual([]);
        const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        expect.soft(isWider, `${name} scrolls sideways`).toBe(false);
      }
      expect(strangers).toEqual([]);
    });
  }
}

test('the site finds an error by its code, without a server', { tag: '@chromium' }, async ({ browser }) => {
  const site = ensureSite();
  const url = await serve((path) => {
    const file = join(site, path);
    const type =
      extname(path) === '.js' ? 'text/javascript' : extname(path) === '.css' ? 'text/css' : 'text/html';
    return [type, existsSync(file) ? readFileSync(file) : undefined];
  });
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${url}/index.html`);
  await page
    .getByRole('button', { name: /Search/ })
    .first()
    .click();
  await page.getByRole('searchbox').fill('ERR_TOKEN');
  await page.getByRole('listbox').getByText('ERR_TOKEN').first().click();
  await expect(page).toHaveURL(/errors\.html#err_token$/);
});
