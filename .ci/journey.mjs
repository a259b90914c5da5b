// Runs Playwright over the journeys with the arguments it is given, once the browsers are there. The journeys that need network
// tools install these themselves.
import { spawnSync } from 'node:child_process';
import { ensureBrowser, ensureFirefox } from '../e2e/support/browser.ts';

ensureBrowser();
ensureFirefox();
const journeys = ['test', '--config', 'e2e/playwright.config.ts'];
const { status, error } = spawnSync('playwright', [...journeys, ...process.argv.slice(2)], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (error) throw error;
process.exitCode = status ?? 1;
