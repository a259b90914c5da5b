import { expect, test } from '@playwright/test';
import type { ActiveSpeaker, StreamQuality } from '@parley-rtc/sdk';
import { Caller, newRoom } from './support/caller.ts';

declare global {
  interface Window {
    speaking: readonly ActiveSpeaker[];
    measured: { direction: string; quality: StreamQuality }[];
  }
}

async function observe({ page }: Caller): Promise<void> {
  await page.evaluate(() => {
    Object.assign(window, { speaking: [], measured: [] });
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

/** The level of the only stream, and what costs it points. */
const levelAndCauses = ({ page }: Caller): Promise<unknown[]> =>
  page.evaluate(() => {
    const quality = window.conference.quality([...window.views.keys()][0] ?? window.mine.id);
    return [quality?.level, ...(quality?.causes.map(({ code }) => code) ?? [])];
  });

test('who speaks is seen at both ends and gone when muted, and a good call is excellent', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  const bob = await Caller.open(browser);
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  await Promise.all([observe(ada), observe(bob)]);
  await ada.publish(11, 440);
  await bob.expectPicturesOf(11);
  // Chromium decodes sound only where something plays it.
  await expect.poll(() => bob.tonesHz()).toEqual([440]);

  await expect.poll(() => speakers(bob)).toEqual(['Ada']);
  await expect.poll(() => speakers(ada)).toEqual(['Ada']);
  await expect.poll(() => levelAndCauses(bob)).toContain('excellent');
  await expect.poll(() => levelAndCauses(ada)).toContain('excellent');
  expect(await bob.page.evaluate(() => window.measured[0]?.direction)).toBe('view');
  expect(await ada.page.evaluate(() => window.measured[0]?.direction)).toBe('publish');

  await ada.page.evaluate(() => window.mine.mute('audio'));
  await expect.poll(() => speakers(bob)).toEqual([]);
  await expect.poll(() => speakers(ada)).toEqual([]);

  await ada.close();
  await bob.close();
});
