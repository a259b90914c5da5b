import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { build } from 'vite';

const entry = fileURLToPath(new URL('../own-worker/main.ts', import.meta.url));

/** Bundles the app's own encryption worker and serves it to `page`. Returns its path. */
export async function serveOwnWorker(page: Page): Promise<string> {
  const bundled = await build({
    configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
    configLoader: 'native',
    mode: 'pages',
    logLevel: 'warn',
    build: { write: false, rolldownOptions: { input: entry } },
  });
  if (!('output' in bundled)) throw new Error('The worker was not bundled.');
  const path = '/encryption-worker.js';
  await page.route(`**${path}`, (route) =>
    route.fulfill({ contentType: 'text/javascript', body: bundled.output[0].code }),
  );
  return path;
}
