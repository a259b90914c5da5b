import { test, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { accessibilityProblems } from './support/accessibility-problems.ts';
import { newRoom } from './support/caller.ts';
import { control, joinDemo, overflowPx, playingRemoteVideos, type PageKind } from './support/demo-call.ts';
import { expect } from './support/expect.ts';

/** Bob's page, with Ada in the same call, and its drawer. */
async function openDrawer(context: BrowserContext, kind: PageKind): Promise<{ bob: Page; drawer: Locator }> {
  const room = newRoom();
  const [ada, bob] = [await context.newPage(), await context.newPage()];
  await joinDemo(ada, kind, room, 'Ada');
  await joinDemo(bob, kind, room, 'Bob');
  await expect.poll(() => playingRemoteVideos(bob)).toBe(1);
  await bob.getByRole('button', { name: 'How this works' }).click();
  return { bob, drawer: bob.getByRole('dialog', { name: 'How this works' }) };
}

/** Starts a plan as a user does. Returns the log of what happens. */
async function start(drawer: Locator, plan: string | object): Promise<Locator> {
  if (typeof plan === 'string') await drawer.getByLabel('Plan', { exact: true }).selectOption(plan);
  else await drawer.getByLabel('The plan as JSON').fill(JSON.stringify(plan));
  await drawer.getByRole('button', { name: 'Start the plan' }).click();
  return drawer.getByRole('log', { name: 'What has happened' });
}

test('a plan takes the network away, and the call comes back by itself', async ({ context }) => {
  const { bob, drawer } = await openDrawer(context, 'script-tag');
  const log = await start(drawer, 'A tunnel');
  await expect(log).toContainText('The network is gone.');
  await expect(log).toContainText('The call is reconnecting.');
  await expect(log).toContainText('A connection that receives media is disconnected.');
  await expect(log).toContainText('The plan is over.');
  const again = /The call is connected again, \d+\.\d s after it was interrupted\./;
  await expect(log).toContainText(again, { timeout: 30_000 });
  await expect.poll(() => playingRemoteVideos(bob)).toBe(1);
  await drawer.getByRole('button', { name: 'Close' }).click();
  await control(bob, 'Mute').click();
  await expect(control(bob, 'Unmute')).toBeVisible();
});

test('a plan breaks media connections, and the call negotiates new paths with the server', async ({
  context,
}) => {
  const { bob, drawer } = await openDrawer(context, 'react');
  const renewed = bob.waitForRequest(/updateViewStream|viewStream/);
  const log = await start(drawer, {
    seed: 1,
    faults: [{ at: '100ms', kind: 'peer', effect: 'failed', direction: 'view' }],
  });
  await expect(log).toContainText('A connection that receives media is failed.');
  expect((await renewed).url()).toContain('/rtc-api/');
  await expect(log).toContainText('A connection that receives media is connected.');
  await expect.poll(() => playingRemoteVideos(bob)).toBe(1);
});

test('a plan unplugs the camera, and says which requests it hits', async ({ context }) => {
  const { bob, drawer } = await openDrawer(context, 'vue');
  const log = await start(drawer, {
    seed: 1,
    faults: [
      { at: 0, for: '20s', kind: 'device', effect: 'unplugged', device: 'camera' },
      { at: 0, for: '20s', kind: 'http', effect: 'late', delay: '50ms' },
    ],
  });
  await expect(log).toContainText('The camera is unplugged.');
  await expect(control(bob, 'Turn camera on')).toBeVisible();
  await expect(log).toContainText(/Requests hit: .*keepAliveUserEndpoint/);
  await drawer.getByRole('button', { name: 'Stop it' }).click();
  await expect(log).toContainText('Over: The camera is unplugged.');
  await expect(log).toContainText('The plan is over.');
  await expect(drawer.getByRole('button', { name: 'Start the plan' })).toBeEnabled();
});

test('a plan that is not valid does not start, and the drawer says what is wrong, and where', async ({
  page,
}) => {
  await page.goto('/script-tag/');
  await page.getByRole('button', { name: 'How this works' }).click();
  const drawer = page.getByRole('dialog', { name: 'How this works' });
  const problem = drawer.getByRole('alert');
  await start(drawer, { seed: 1, faults: [{ at: '1s', kind: 'network', effect: 'lost' }] });
  await expect(problem).toContainText('faults[0].for must be a duration');
  await drawer
    .getByLabel('The plan as JSON')
    .fill('{\n  "title": "A plan that never ends",\n  "seed": 1\n  "faults": []\n}');
  await drawer.getByRole('button', { name: 'Start the plan' }).click();
  await expect(problem).toContainText(/This is not JSON\. .*line 4 column 3/);
  await expect(drawer.getByRole('button', { name: 'Stop it' })).toBeDisabled();
  await drawer.getByLabel('Plan', { exact: true }).selectOption('A loose camera cable');
  await expect(problem).toBeEmpty();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the drawer is accessible on a phone, in ${colorScheme} colours, also with a plan that runs`, async ({
    page,
  }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.emulateMedia({ colorScheme });
    await page.goto('/script-tag/');
    await page.getByRole('button', { name: 'How this works' }).click();
    const drawer = page.getByRole('dialog', { name: 'How this works' });
    await start(drawer, {});
    await drawer.getByRole('alert').scrollIntoViewIfNeeded();
    await page.screenshot({ path: test.info().outputPath('bad-plan.png') });
    const log = await start(drawer, 'Media connections that break');
    await expect(log).toContainText('Connections that receive fail.');
    await log.scrollIntoViewIfNeeded();
    await page.screenshot({ path: test.info().outputPath('runs.png') });
    expect(await overflowPx(page)).toBe(0);
    expect(await accessibilityProblems(page, { isWhole: false })).toEqual([]);
  });
}
