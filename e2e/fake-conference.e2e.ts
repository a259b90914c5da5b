import { test, type Locator } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { askForTicket, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { openFakeCall, pixelsOf } from './support/fake-call.ts';
import { PartsApp } from './support/parts-page.ts';

let app: PartsApp;

test.beforeAll(async () => {
  app = await PartsApp.start('fake-app');
});

test.afterAll(() => app.close());

/** Waits until a video shows another picture. */
async function expectMoving(video: Locator): Promise<void> {
  await expect.poll(async () => (await video.evaluate(pixelsOf)).width).toBeGreaterThan(0);
  const { pixels } = await video.evaluate(pixelsOf);
  await expect.poll(async () => (await video.evaluate(pixelsOf)).pixels).not.toBe(pixels);
}

test('a call without a server, camera or microphone shows generated people who do as they are told', async ({
  browser,
}, testInfo) => {
  const { page, errors } = await app.open(browser, { viewport: { width: 1280, height: 800 } });
  await page.evaluate(openFakeCall);
  const tile = (name: string) =>
    page.locator('parley-tile').filter({ has: page.locator('bdi', { hasText: name }) });

  const lobby = page.locator('parley-lobby');
  await expect(page.locator('parley-call')).toContainText('Ada Lovelace');
  await expectMoving(lobby.locator('video'));
  await page.screenshot({ path: testInfo.outputPath('lobby.png') });
  await lobby.getByRole('button', { name: 'Join call' }).click();

  await expectMoving(tile('Ada Lovelace').locator('video'));
  await expectMoving(tile('Grace Hopper').locator('video'));
  await page.evaluate(() => window.ada.speak());
  await expect(tile('Ada Lovelace').and(page.locator('[speaking]'))).toHaveCount(1);
  await page.screenshot({ path: testInfo.outputPath('call.png') });

  await page.evaluate(() => window.ada.mute('audio'));
  await expect(tile('Ada Lovelace').getByRole('img', { name: 'Muted' })).toBeVisible();
  await expect(tile('Ada Lovelace').and(page.locator('[speaking]'))).toHaveCount(0);
  await page.evaluate(() => window.ada.raiseHand());
  await expect(tile('Ada Lovelace').getByRole('img', { name: 'Hand raised' })).toBeVisible();
  await page.evaluate(() => window.ada.publish({ screen: true }));
  await expect(page.locator('parley-tile video')).toHaveCount(4);
  await page.evaluate(() => window.room.knock({ name: 'Eve' }));
  await expect(page.locator('parley-call')).toContainText('Eve');
  await page.screenshot({ path: testInfo.outputPath('screen.png') });

  await page.evaluate(() => window.ada.leave());
  await expect(tile('Ada Lovelace')).toHaveCount(0);
  await page.evaluate(() => window.room.end());
  await expect(page.getByRole('heading', { name: /ended/i })).toBeVisible();
  expect(errors).toEqual([]);
});

test('a fault plan runs in real time in a browser, and the call recovers', async ({ browser }) => {
  const { page, errors } = await app.open(browser);
  const steps = await page.evaluate(async () => {
    const fake = await window.fakes.createFakeConference();
    const connections: string[] = [];
    const stop = fake.conference.on(
      'connection-changed',
      ({ connection }) => void connections.push(connection),
    );
    const run = fake.runFaults({
      seed: 3,
      faults: [{ at: '100ms', for: '1s', kind: 'network', effect: 'lost' }],
    });
    await run.finished;
    await fake.conference.setMetadata('after', 'all');
    while (connections.at(-1) !== 'connected') await new Promise((resolve) => setTimeout(resolve, 50));
    stop();
    await fake.close();
    return { connections, steps: run.steps.map(({ step }) => step) };
  });
  expect(steps).toEqual({ connections: ['reconnecting', 'connected'], steps: ['begins', 'ends'] });
  expect(errors).toEqual([]);
});

test('a real conference passes the suite that the fake one passes in Node', async ({ browser }) => {
  const { page, errors } = await app.open(browser, { permissions: ['camera', 'microphone'] });
  const titles = await page.evaluate(() => Object.keys(window.behaviours));
  expect(titles.length).toBeGreaterThan(8);
  for (const title of titles) {
    await test.step(title, async () => {
      const where = { server: demoUrl, ...(await askForTicket(newRoom())) };
      await page.evaluate(
        async (chosen) => {
          const stage = await window.realStage(chosen.where);
          try {
            await window.behaviours[chosen.title]?.(stage);
          } finally {
            await stage.close();
          }
        },
        { title, where },
      );
    });
  }
  expect(errors).toEqual([]);
});
