import { existsSync, globSync } from 'node:fs';
import { installDebianPackages } from './debian-packages.ts';

export const driverPath = '/usr/bin/WebKitWebDriver';
export const displayServerPath = '/usr/bin/Xvfb';

/** The path of Debian's WebKit. Installs it, its driver and a display for it if they are missing; throws with instructions if that fails. */
export function ensureWebKit(): string {
  const find = () => globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser')[0];
  const isThere = () => existsSync(driverPath) && existsSync(displayServerPath) && find() !== undefined;
  if (!isThere()) installDebianPackages('webkit2gtk-driver', 'xvfb');
  const browserPath = find();
  if (isThere() && browserPath !== undefined) return browserPath;
  throw new Error(
    'The journeys in WebKit need webkit2gtk-driver and xvfb, and apt-get could not install them. Install them by hand.',
  );
}
