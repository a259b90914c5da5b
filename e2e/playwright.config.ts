import { defineConfig } from '@playwright/test';
import { findBrowser } from './support/browser.ts';
import { apiPort, demoPort, demoUrl } from './support/addresses.ts';
import { browserArguments } from './support/browser-arguments.ts';

const executablePath = findBrowser();

// One worker: the machine's two cores already run the server, the encoders and the decoders of a call.
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.e2e.ts',
  outputDir: '../test-results',
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: demoUrl,
    // No film of every page: drawing and encoding it takes cores from the calls. A picture is taken after a failure.
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
