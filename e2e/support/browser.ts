// Playwright downloads its own browsers, which fails where only package registries are reachable. So the journeys use the
// system's Chromium and Firefox; on Debian they are installed if missing.
import { accessSync, constants } from 'node:fs';
import { installDebianPackages } from './debian-packages.ts';

interface SystemBrowser {
  readonly name: string;
  /** Environment variable with the path of another program. */
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

/** The path of the Chromium for the tests, or undefined. `PARLEY_CHROMIUM` overrides it. */
export function findBrowser(): string | undefined {
  return find(chromium);
}

/** Returns the path of a Chromium. Installs Debian's if there is none, and throws with instructions if that fails. */
export function ensureBrowser(): string {
  return ensure(chromium);
}

/** The path of the Firefox for the tests, or undefined. `PARLEY_FIREFOX` overrides it. */
export function findFirefox(): string | undefined {
  return find(firefox);
}

/** The same for Firefox, which `PARLEY_FIREFOX` overrides. */
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
