import { test, type Browser } from '@playwright/test';
import { demoPort } from './support/addresses.ts';
import { expect } from './support/expect.ts';
import { SlowLinkView, type ViewSample } from './support/slow-link-view.ts';
import { SlowLink, slowLinkUnavailableReason } from './support/slow-link.ts';

const slowBps = 500_000;
/** Too little for any video of a single size, even from an encoder that a busy machine slows to a few frames a second. */
const audioOnlyBps = 150_000;
const queueMs = 200;
const settleSeconds = 4;
const slowSeconds = 9;
const withinSeconds = 30;
/** How long a smaller layer, or the end of the video, may take. A busy machine takes several times as long as an idle one. */
const adaptsWithinSeconds = 12;

test.describe('a viewer whose link drops to less than the video needs', () => {
  let link: SlowLink | undefined;
  let behind: Browser | undefined;

  test.beforeAll(async () => {
    const unavailableReason = slowLinkUnavailableReason();
    test.skip(unavailableReason !== undefined, unavailableReason);
    link = new SlowLink();
    await link.open(demoPort);
    behind = await link.launchBrowser();
  });

  test.afterAll(async () => {
    await behind?.close();
    link?.close();
  });

  test('gets smaller video within seconds, keeps its audio, and gets large video when the link recovers', async ({
    browser,
  }) => {
    test.setTimeout(200_000);
    if (!link || !behind) throw new Error('The link was not opened.');
    const view = await SlowLinkView.open(browser, behind);
    link.limit(slowBps, queueMs);
    const falling = await watch(view, settleSeconds);
    const slow = await watch(view, slowSeconds);
    link.lift();
    const lifted = await watchUntil(view, ({ heightPx }) => heightPx === 720);
    reportSamples({ falling, slow, lifted });

    // The height falls below 720 by the end of the settling time at the latest.
    expect(falling.at(-1)?.heightPx).toBeLessThan(720);
    expect(concealedIn([...falling, ...slow])).toBeLessThan(0.15);
    expect(concealedIn(slow)).toBeLessThan(0.1);
    // The video keeps moving, and larger layers are not retried repeatedly.
    for (let second = 0; second + 3 <= slow.length; second += 3) {
      expect(framesIn(slow.slice(second, second + 3))).toBeGreaterThan(0);
    }
    expect(risesIn(slow)).toBeLessThanOrEqual(1);
    expect(lifted.at(-1)?.heightPx).toBe(720);
    await view.close();
  });

  test('gets the layer that its link carries, even without transport-wide feedback', async ({ browser }) => {
    test.setTimeout(120_000);
    if (!link || !behind) throw new Error('The link was not opened.');
    const view = await SlowLinkView.open(browser, behind, { hasTransportFeedback: false });
    link.limit(slowBps, queueMs);
    const falling = await watchUntil(view, ({ heightPx }) => heightPx < 720);
    const slow = await watch(view, settleSeconds);
    link.lift();
    reportSamples({ falling, slow });
    expect(falling.length).toBeLessThan(adaptsWithinSeconds);
    expect(slow.every(({ heightPx }) => heightPx < 720)).toBe(true);
    expect(framesIn(slow)).toBeGreaterThan(0);
    await view.close();
  });

  test('gets less of a stream with a single layer, whose publisher sends what the link carries, instead of none', async ({
    browser,
  }) => {
    test.setTimeout(120_000);
    if (!link || !behind) throw new Error('The link was not opened.');
    const view = await SlowLinkView.open(browser, behind, { simulcast: false });
    link.limit(slowBps, queueMs);
    const falling = await watch(view, settleSeconds);
    const slow = await watch(view, slowSeconds);
    link.lift();
    reportSamples({ falling, slow });
    for (let second = 0; second + 3 <= slow.length; second += 3) {
      expect(framesIn(slow.slice(second, second + 3))).toBeGreaterThan(0);
    }
    expect(concealedIn(slow)).toBeLessThan(0.1);
    await view.close();
  });

  test('keeps the audio of a stream with a single layer that no encoder can make small enough, and gets video again when the link recovers', async ({
    browser,
  }) => {
    test.setTimeout(120_000);
    if (!link || !behind) throw new Error('The link was not opened.');
    const view = await SlowLinkView.open(browser, behind, { simulcast: false });
    link.limit(audioOnlyBps, queueMs);
    const falling = await watchUntil(view, ({ frames }) => frames <= 1);
    const slow = await watch(view, 4);
    link.lift();
    const lifted = await watchUntil(view, ({ frames }) => frames > 3);
    reportSamples({ falling, slow, lifted });
    expect(falling.length).toBeLessThan(adaptsWithinSeconds);
    // Its publisher sends the least it can, of which a frame gets through now and then.
    expect(framesIn(slow)).toBeLessThan(8);
    expect(concealedIn(slow)).toBeLessThan(0.1);
    expect(slow.every(({ receivedBps }) => receivedBps > 20_000)).toBe(true);
    expect(lifted.at(-1)?.frames).toBeGreaterThan(3);
    await view.close();
  });
});

async function watch(view: SlowLinkView, seconds: number): Promise<ViewSample[]> {
  const samples: ViewSample[] = [];
  while (samples.length < seconds) samples.push(await view.nextSecond());
  return samples;
}

/** Samples every second until `isReached` returns true or `withinSeconds` pass. */
async function watchUntil(
  view: SlowLinkView,
  isReached: (sample: ViewSample) => boolean,
): Promise<ViewSample[]> {
  const samples: ViewSample[] = [];
  while (samples.length < withinSeconds) {
    const sample = await view.nextSecond();
    samples.push(sample);
    if (isReached(sample)) break;
  }
  return samples;
}

function reportSamples(seconds: Readonly<Record<string, readonly ViewSample[]>>): void {
  const description = JSON.stringify(seconds);
  console.log(`behind a slow link: ${description}`);
  test.info().annotations.push({ type: 'seconds', description });
}

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
