// Runs Playwright over the journeys with the arguments it is given, once the browser that most of them drive is there.
// The journeys that need Firefox or network tools install these themselves.
import { spawnSync } from 'node:child_process';
import { ensureBrowser } from '../e2e/support/browser.ts';

ensureBrowser();
const journeys = ['test', '--config', 'e2e/playwright.config.ts'];
const { status, error } = spawnSync('playwright', [...journeys, ...process.argv.slice(2)], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (error) throw error;
process.exitCode = status ?? 1;
