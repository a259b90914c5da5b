import { chromium, expect, test, type Browser } from '@playwright/test';
import { demoPort } from './support/addresses.ts';
import { browserArguments } from './support/browser-arguments.ts';
import { ensureBrowser } from './support/browser.ts';
import { SlowLinkView } from './support/slow-link-view.ts';
import type { ViewSample } from './support/slow-link-view.ts';
import { SlowLink, whyNoSlowLink } from './support/slow-link.ts';

const slowBps = 500_000;
const queueMs = 200;
const settleSeconds = 4;
const slowSeconds = 12;
const backWithinSeconds = 90;

test.describe('a viewer whose link falls to 500 kbit/s', () => {
  let link: SlowLink | undefined;
  let behind: Browser | undefined;

  test.beforeAll(async () => {
    const whyNot = whyNoSlowLink();
    test.skip(whyNot !== undefined, whyNot);
    link = new SlowLink();
    await link.open(demoPort);
    behind = await chromium.launch({
      executablePath: link.wrap(ensureBrowser()),
      args: [...browserArguments],
    });
  });

  test.afterAll(async () => {
    await behind?.close();
    link?.close();
  });

  test('gets a smaller picture at once, keeps its sound, and the large picture when the link is fast again', async ({
    browser,
  }) => {
    test.setTimeout(200_000);
    if (!link || !behind) throw new Error('The link was not opened.');
    const view = await SlowLinkView.open(browser, behind);
    const watch = async (seconds: number): Promise<ViewSample[]> => {
      const samples: ViewSample[] = [];
      for (let second = 0; second < seconds; second += 1) samples.push(await view.nextSecond());
      return samples;
    };

    link.limit(slowBps, queueMs);
    const falling = await watch(settleSeconds);
    const slow = await watch(slowSeconds);
    link.lift();
    const lifted: ViewSample[] = [];
    while (lifted.length < backWithinSeconds && lifted.at(-1)?.heightPx !== 720) {
      lifted.push(await view.nextSecond());
    }
    const told = { falling, slow, lifted };
    console.log(`behind ${slowBps} bit/s: ${JSON.stringify(told)}`);
    test.info().annotations.push({ type: 'seconds', description: JSON.stringify(told) });

    // It may already be small enough at first, but not for long.
    expect(falling.at(-1)?.heightPx).toBeLessThan(720);
    expect(concealedIn([...falling, ...slow])).toBeLessThan(0.15);
    expect(concealedIn(slow)).toBeLessThan(0.1);
    // The picture goes on moving, and no larger one is tried again and again.
    for (let second = 0; second + 3 <= slow.length; second += 3) {
      expect(framesIn(slow.slice(second, second + 3))).toBeGreaterThan(0);
    }
    expect(risesIn(slow)).toBeLessThanOrEqual(1);
    expect(lifted.at(-1)?.heightPx).toBe(720);
    await view.close();
  });
});

function concealedIn(samples: readonly ViewSample[]): number {
  return samples.reduce((sum, { concealed }) => sum + concealed, 0) / samples.length;
}

function framesIn(samples: readonly ViewSample[]): number {
  return samples.reduce((sum, { frames }) => sum + frames, 0);
}

function risesIn(samples: readonly ViewSample[]): number {
  return samples.filter(({ heightPx }, index) => heightPx > (samples[index - 1]?.heightPx ?? heightPx))
    .length;
}
