// Why this exists: Playwright downloads its own browsers, which fails where only package registries can be reached.
// The journeys run in the system's Chromium; on Debian it is installed when missing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

const usualPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium that the tests drive, or undefined. `PARLEY_CHROMIUM` names another. */
export function findBrowser(): string | undefined {
  const named = process.env['PARLEY_CHROMIUM'];
  return [...(named ? [named] : []), ...usualPaths].find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Returns the path of a Chromium, after installing Debian's when there is none; throws with what to do otherwise. */
export function ensureBrowser(): string {
  const browser = findBrowser() ?? installBrowser();
  if (browser) return browser;
  throw new Error(
    'The browser tests need Chromium, and it could not be installed by apt-get. Install Chromium or Chrome and set PARLEY_CHROMIUM to its path.',
  );
}

function installBrowser(): string | undefined {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const commands = [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ];
  for (const command of commands) {
    const [program = '', ...args] = [...asRoot, ...command];
    const { status } = spawnSync(program, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) return undefined;
  }
  return findBrowser();
}
