import { defineConfig } from '@playwright/test';
import { apiPort, demoPort, demoUrl } from './support/addresses.ts';
import { browserArguments } from './support/browser-arguments.ts';
import { findBrowser } from './support/browser.ts';

const executablePath = findBrowser();

/**
 * Journeys that need the machine for themselves: they watch frame rates, freezes, layers or resource counts, add network
 * interfaces, which every browser on the machine would notice, or build the packages that other journeys load.
 */
const alone =
  /\/(crowd|insight|leaks|lip-sync|loss|network-change|packed|paths|simulcast|slow-link|turn)\.e2e\.ts$/;

// One worker by default, because the machine's two cores already run the server, the encoders and the decoders of a call.
// `npm test` runs the journeys of the project `together` two at a time.
export default defineConfig({
  testDir: '.',
  projects: [
    { name: 'together', testMatch: '**/*.e2e.ts', testIgnore: alone },
    { name: 'alone', testMatch: alone },
  ],
  outputDir: '../test-results',
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: demoUrl,
    // No screenshots in traces, because encoding them slows the calls down. A screenshot is taken after a failure.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [...browserArguments, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    },
  },
  webServer: {
    command: 'node --conditions=@parley-rtc/source demo/start.ts',
    cwd: '..',
    url: demoUrl,
    env: { DEMO_PORT: String(demoPort), PARLEY_PORT: String(apiPort) },
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
    stdout: 'ignore',
    stderr: 'pipe',
  },
});
