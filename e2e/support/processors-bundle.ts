import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { build, defaultClientConditions } from 'vite';

const bundles = new Map<string, Promise<string>>();

/** Loads `@parley-rtc/processors` into a page as the global `processors`, bundled as an app would bundle it. */
export async function loadProcessors(page: Page): Promise<void> {
  await loadBundle(page, 'packages/processors/src/index.ts');
}

/** Loads a module of this workspace into a page as the global `processors`. */
export async function loadBundle(page: Page, path: string): Promise<void> {
  const bundle = bundles.get(path) ?? bundleOf(path);
  bundles.set(path, bundle);
  await page.addScriptTag({ content: await bundle });
}

async function bundleOf(path: string): Promise<string> {
  const entry = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['@parley-rtc/source', ...defaultClientConditions] },
    build: { write: false, target: 'es2022', lib: { entry, formats: ['iife'], name: 'processors' } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (!output || !('output' in output)) throw new Error(`${path} could not be bundled.`);
  const [{ code }] = output.output;
  return code;
}
