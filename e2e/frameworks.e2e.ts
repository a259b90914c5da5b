import { test, type Browser, type Page } from '@playwright/test';
import { newRoom } from './support/caller.ts';
import { ExampleApps, type BackendName } from './support/example-apps.ts';
import { expectNewFrames } from './support/expect-new-frames.ts';
import { expect } from './support/expect.ts';

/** The apps of `demo/examples`, each with the back end that lets its users in. */
const apps: readonly (readonly [app: string, backend: BackendName])[] = [
  ['react-19', 'node'],
  ['vue', 'python'],
  ['svelte', 'node'],
  ['plain', 'python'],
  ['react-18', 'node'],
  ['angular', 'python'],
];
/** Those that need other versions of what the others use. */
const apart = ['react-18', 'angular'];

let examples: ExampleApps;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  const together = apps.map(([app]) => app).filter((app) => !apart.includes(app));
  examples = await ExampleApps.start(together, apart);
});

test.afterAll(async () => {
  await examples.close();
});

for (const [app, backend] of apps) {
  test(`two people see each other in the example ${app}, whose back end is in ${backend}`, async ({
    browser,
  }) => {
    const url = `${await examples.serve(app, backend)}/?room=${newRoom()}`;
    const ada = await join(browser, url, 'Ada');
    const bob = await join(browser, url, 'Bob');
    await expectVideoOf(ada.page, 'Bob');
    await expectVideoOf(bob.page, 'Ada');

    // The apps hear the event with which a call ends.
    await bob.page.getByRole('button', { name: 'Leave' }).click();
    await expect(bob.page.getByRole('heading', { name: 'You left the call' })).toBeVisible();
    await expect(bob.page).toHaveTitle('Goodbye');
    await expect(ada.page).not.toHaveTitle('Goodbye');
    expect([...ada.errors, ...bob.errors]).toEqual([]);
    for (const { page } of [ada, bob]) await page.context().close();
  });
}

interface Visitor {
  readonly page: Page;
  /** Errors that nothing in the page has caught. */
  readonly errors: readonly string[];
}

/** Opens an app and joins its call. */
async function join(browser: Browser, url: string, name: string): Promise<Visitor> {
  const page = await (await browser.newContext()).newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(url);
  const lobby = page.locator('parley-lobby');
  await lobby.getByLabel('Your name').fill(name);
  await lobby.getByRole('button', { name: 'Join call' }).click();
  return { page, errors };
}

/** Waits until the page shows someone's video, and ten more frames of it. */
async function expectVideoOf(page: Page, name: string): Promise<void> {
  const tile = page.locator('parley-tile').filter({ has: page.locator('bdi', { hasText: name }) });
  await expectNewFrames(tile.locator('video'), 10);
}
