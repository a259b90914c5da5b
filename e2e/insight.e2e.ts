import type { ActiveSpeaker, ConferenceEvents, StreamQuality } from '@parley-rtc/sdk';
import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';

declare global {
  interface Window {
    speaking: readonly ActiveSpeaker[];
    measured: { direction: string; quality: StreamQuality }[];
    stats: ConferenceEvents['stats-updated'][];
    levels: Readonly<Record<string, number>>;
    timings: (ConferenceEvents['join-timed'] | ConferenceEvents['view-timed'])[];
  }
}

async function observe({ page }: Caller): Promise<void> {
  await page.evaluate(() => {
    Object.assign(window, { speaking: [], measured: [], stats: [], levels: {}, timings: [] });
    window.conference.on('stats-updated', (stats) => void window.stats.push(stats));
    window.conference.on('join-timed', (timing) => void window.timings.push(timing));
    window.conference.on('view-timed', (timing) => void window.timings.push(timing));
    window.conference.on('audio-levels-updated', ({ levels }) => {
      window.levels = levels;
    });
    window.conference.on('active-speakers-changed', ({ speakers }) => {
      window.speaking = speakers;
    });
    window.conference.on('quality-changed', ({ direction, quality }) => {
      window.measured.push({ direction, quality });
    });
  });
}

const speakers = ({ page }: Caller): Promise<unknown[]> =>
  page.evaluate(() => window.speaking.map(({ participant }) => participant.metadata['name']));

/** The quality level of the only stream and its causes. */
const levelAndCauses = ({ page }: Caller): Promise<unknown[]> =>
  page.evaluate(() => {
    const quality = window.conference.quality([...window.views.keys()][0] ?? window.mine.id);
    return [quality?.level, ...(quality?.causes.map(({ code }) => code) ?? [])];
  });

test('reports the active speaker on both sides until muted, and rates a good call as excellent', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  const bob = await Caller.open(browser);
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  await Promise.all([observe(ada), observe(bob)]);
  await ada.publish(11, 440);
  await bob.expectVideoOf(11);
  // Chromium decodes audio only while an element plays it.
  await expect.poll(() => bob.tonesHz()).toEqual([440]);

  await expect.poll(() => speakers(bob)).toEqual(['Ada']);
  await expect.poll(() => speakers(ada)).toEqual(['Ada']);
  await expect.poll(() => levelAndCauses(bob)).toContain('excellent');
  await expect.poll(() => levelAndCauses(ada)).toContain('excellent');
  expect(await bob.page.evaluate(() => window.measured[0]?.direction)).toBe('view');
  expect(await ada.page.evaluate(() => window.measured[0]?.direction)).toBe('publish');

  const measured = await bob.page.evaluate(() => ({ stats: window.stats.at(-1), levels: window.levels }));
  expect(measured.stats).toMatchObject({ direction: 'view', stats: { localCandidateType: 'host' } });
  expect(measured.stats?.stats.media.map(({ kind, packets }) => [kind, packets > 0])).toEqual([
    ['audio', true],
    ['video', true],
  ]);
  expect(Object.values(measured.levels)).toEqual([expect.any(Number)]);
  const timings = await bob.page.evaluate(() => window.timings);
  expect(timings).toHaveLength(2);
  for (const { totalMs, ...steps } of timings) {
    const stepsMs = Object.values(steps).filter((step) => typeof step === 'number');
    expect(Math.min(...stepsMs)).toBeGreaterThanOrEqual(0);
    expect(stepsMs.reduce((sum, step) => sum + step)).toBeCloseTo(totalMs, 0);
  }

  await ada.page.evaluate(() => window.mine.mute('audio'));
  await expect.poll(() => speakers(bob)).toEqual([]);
  await expect.poll(() => speakers(ada)).toEqual([]);

  await ada.close();
  await bob.close();
});
