import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type axe from 'axe-core';
import { expect } from './expect.ts';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails with each violation that axe finds in the page as it is now, shadow roots included. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  await page.evaluate(source);
  const violations = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      // The page itself is the test's.
      rules: { region: { enabled: false }, 'landmark-one-main': { enabled: false } },
    });
    return violations.map(({ id, impact, help, nodes }) => ({
      id,
      impact,
      help,
      nodes: nodes.map(({ target, failureSummary }) => `${target.flat().join(' ')}: ${failureSummary}`),
    }));
  });
  expect(violations, state).toEqual([]);
}
