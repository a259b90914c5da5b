import type { Page } from '@playwright/test';

/** Notes the frequency of each tone that the page plays from now on; the returned function reads them. */
export async function hearNotes(page: Page): Promise<() => Promise<readonly number[]>> {
  await page.evaluate(() => {
    const notesHz: number[] = [];
    class HeardNode extends OscillatorNode {
      constructor(context: BaseAudioContext, options: OscillatorOptions = {}) {
        super(context, options);
        notesHz.push(options.frequency ?? 0);
      }
    }
    Object.assign(window, { notesHz, OscillatorNode: HeardNode });
  });
  return () => page.evaluate(() => Reflect.get(window, 'notesHz') as readonly number[]);
}
