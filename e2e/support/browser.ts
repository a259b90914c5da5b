// Why this exists: Playwright downloads its own browsers, which fails where only package registries can be reached.
// The journeys run in the system's Chromium and Firefox; on Debian they are installed when missing.
import { accessSync, constants } from 'node:fs';
import { installDebianPackages } from './debian-packages.ts';

interface SystemBrowser {
  readonly name: string;
  /** Environment variable that names another program. */
  readonly variable: string;
  readonly debianPackage: string;
  readonly usualPaths: readonly string[];
}

const chromium: SystemBrowser = {
  name: 'Chromium',
  variable: 'PARLEY_CHROMIUM',
  debianPackage: 'chromium',
  usualPaths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
};
const firefox: SystemBrowser = {
  name: 'Firefox',
  variable: 'PARLEY_FIREFOX',
  debianPackage: 'firefox-esr',
  usualPaths: [
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
  ],
};

/** The Chromium that the tests drive, or undefined. `PARLEY_CHROMIUM` names another. */
export function findBrowser(): string | undefined {
  return find(chromium);
}

/** Returns the path of a Chromium, after installing Debian's when there is none; throws with what to do otherwise. */
export function ensureBrowser(): string {
  return ensure(chromium);
}

/** The same for Firefox, which `PARLEY_FIREFOX` can name. */
export function ensureFirefox(): string {
  return ensure(firefox);
}

function find({ variable, usualPaths }: SystemBrowser): string | undefined {
  const named = process.env[variable];
  return [...(named ? [named] : []), ...usualPaths].find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function ensure(browser: SystemBrowser): string {
  const path = find(browser) ?? install(browser);
  if (path) return path;
  const { name, variable } = browser;
  throw new Error(
    `The browser tests need ${name}, and it could not be installed by apt-get. Install ${name} and set ${variable} to its path.`,
  );
}

function install(browser: SystemBrowser): string | undefined {
  return installDebianPackages(browser.debianPackage) ? find(browser) : undefined;
}
