// Why this exists: Playwright downloads its own browsers, which fails where only package registries can be reached.
// The journeys run in the system's Chromium; on Debian it is installed when missing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

const paths = [
  process.env.PARLEY_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The Chromium that the tests drive, or undefined. `PARLEY_CHROMIUM` names another. */
export function findBrowser() {
  return paths.find((path) => {
    if (!path) return false;
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Returns the path of a Chromium, after installing Debian's when there is none; throws with what to do otherwise. */
export function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  for (const args of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const [program, ...rest] = [...asRoot, ...args];
    const { status } = spawnSync(program, rest, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) break;
  }
  const installed = findBrowser();
  if (installed) return installed;
  throw new Error(
    'The browser tests need Chromium, and it could not be installed by apt-get. Install Chromium or Chrome and set PARLEY_CHROMIUM to its path.',
  );
}
