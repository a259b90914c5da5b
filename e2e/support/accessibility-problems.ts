import type { Page } from '@playwright/test';
import axe from 'axe-core';

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

/**
 * Whatever makes a page inaccessible as it is now, shadow roots included, according to axe: the rule, and where. `isWhole`: whether
 * the page is a whole call, which has a heading of its own. Landmarks are always the page's own matter.
 */
export async function accessibilityProblems(
  page: Page,
  { isWhole }: { readonly isWhole: boolean },
): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async (hasHeading) => {
    const rules = {
      region: { enabled: false },
      'landmark-one-main': { enabled: false },
      'page-has-heading-one': { enabled: hasHeading },
    };
    const { violations } = await window.axe.run(document, { rules });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary = '' }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
  }, isWhole);
}
