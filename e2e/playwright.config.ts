import { defineConfig } from '@playwright/test';
import { apiPort, demoPort, demoUrl } from './support/addresses.ts';
import { browserArguments } from './support/browser-arguments.ts';
import { findBrowser } from './support/browser.ts';
import { firefoxLaunch } from './support/firefox-launch.ts';

const executablePath = findBrowser();

/**
 * Journeys that need the machine for themselves: they watch frame rates, freezes, layers or resource counts, add network
 * interfaces, which every browser on the machine would notice, or build the packages that other journeys load.
 */
const alone =
  /\/(crowd|frameworks|insight|leaks|lip-sync|loss|native-transport|network-change|nodes|packed|paths|recording|rolling-restart|simulcast|slow-link|turn)\.e2e\.ts$/;

/** Journeys that only `npm run examples` runs: installing and building their apps takes a minute and a half. */
const examples = /\/frameworks-with-servers\.e2e\.ts$/;

/**
 * Journeys that also run in Firefox, except tests with the tag `@chromium`, which need what only Playwright's Chromium can do.
 * The other files would prove nothing in Firefox, or cannot run there:
 *
 * - `autoplay` evaluates code without a user gesture, and `leaks` counts objects after garbage collection; only Chromium's
 *   developer tools can do that.
 * - `lost-devices` revokes permissions and kills the browser's capture processes, which Firefox does not have.
 * - `prepare-join` watches a connection to this machine, and Firefox makes no early connections to local addresses.
 * - `paths`, `loss` and `slow-link` launch Chromium in a network of their own; `turn` and `firefox` launch both browsers.
 * - `simulcast` needs streams of frames for its fifty switches; `view-limits` shows that layers work in Firefox.
 * - `lip-sync` needs the machine for itself; in Firefox it passes alone, but not beside other journeys.
 * - `recording` is about the server; it decodes files, not what a browser shows.
 * - `processors` needs WebGL, which Firefox has only with a graphics card.
 * - `clients` opens no browser.
 * - `native-transport` launches both browsers.
 */
const firefoxToo = new RegExp(
  `/(${[
    'absurd-metadata',
    'audio-output',
    'await-using',
    'bad-input',
    'call',
    'call-element',
    'call-parts',
    'call-parts-look',
    'codecs',
    'crowd',
    'demo',
    'devices',
    'elements',
    'encryption',
    'frozen-video',
    'insight',
    'logging',
    'media-process',
    'messages',
    'muting',
    'network-change',
    'outage',
    'packed',
    'page-life',
    'publish-options',
    'recovery',
    'rolling-restart',
    'set-back',
    'two-tabs',
    'view-limits',
    'viewing',
  ].join('|')})\\.e2e\\.ts$`,
);

// One worker by default, because the machine's two cores already run the server, the encoders and the decoders of a call.
// `npm test` runs the journeys of the project `together` two at a time.
export default defineConfig({
  testDir: '.',
  projects: [
    { name: 'together', testMatch: '**/*.e2e.ts', testIgnore: [alone, examples] },
    { name: 'alone', testMatch: alone },
    { name: 'examples', testMatch: examples },
    {
      name: 'firefox',
      testMatch: firefoxToo,
      grepInvert: /@chromium/,
      use: {
        browserName: 'firefox',
        channel: 'moz-firefox',
        launchOptions: firefoxLaunch(),
      },
    },
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
    // Traces have neither screenshots nor copies of the page: encoding them slows the calls down, and copying the page at each step
    // takes a quarter of the time of all journeys. A screenshot is taken after a failure.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [...browserArguments, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    },
  },
  webServer: [
    {
      command: 'node --conditions=@parley-rtc/source demo/start.ts',
      cwd: '..',
      url: demoUrl,
      env: { DEMO_PORT: String(demoPort), PARLEY_PORT: String(apiPort) },
      gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
      stdout: 'ignore',
      stderr: 'pipe',
    },
    {
      command: 'node e2e/support/sound-card.ts',
      cwd: '..',
      name: 'sound card',
      wait: { stdout: /sound card at <(?<parley_sound_card>.*)>/ },
      // Installing a package may take a while.
      timeout: 180_000,
      gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
      stderr: 'pipe',
    },
  ],
});
