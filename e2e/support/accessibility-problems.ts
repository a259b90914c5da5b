import type { Page } from '@playwright/test';
import axe from 'axe-core';

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

export interface Examination {
  /** Whether the page is a whole call, which has a heading of its own. */
  readonly isWhole: boolean;
  /** Only what depends on colours, for a page that was examined in others. Default: false. */
  readonly coloursOnly?: boolean;
}

/**
 * Whatever makes a page inaccessible as it is now, shadow roots included, according to axe: the rule, and where. Landmarks are always
 * the page's own matter.
 */
export async function accessibilityProblems(
  page: Page,
  { isWhole, coloursOnly = false }: Examination,
): Promise<string[]> {
  const isLoaded = await page.evaluate(() => 'axe' in window);
  if (!isLoaded) await page.evaluate(axe.source);
  // While something fades in, its contrast is whatever it happens to be.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const problems = await page.evaluate(
    async ({ isWhole, coloursOnly }) => {
      const rules = {
        region: { enabled: false },
        'landmark-one-main': { enabled: false },
        'page-has-heading-one': { enabled: isWhole },
      };
      const { violations } = await window.axe.run(document, {
        ...(coloursOnly ? { runOnly: ['color-contrast', 'link-in-text-block'] } : { rules }),
        // It would describe each element that passes, too, which takes about as long as finding out.
        resultTypes: ['violations'],
      });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary = '' }) => `${id}: ${target.join(' ')} ${failureSummary}`),
      );
    },
    { isWhole, coloursOnly },
  );
  await page.emulateMedia({ reducedMotion: null });
  return problems;
}
