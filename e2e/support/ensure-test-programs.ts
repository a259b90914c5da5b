import { ensureNativeTransport } from '../../packages/server/native/build.ts';
import { ensureMediaPrograms } from '../clients/ensure-media-programs.ts';
import { ensureBrowser, ensureFirefox } from './browser.ts';
import { ensureProgram } from './ensure-program.ts';
import { ensureWebKit } from './ensure-webkit.ts';
import { ensureNetworkTools } from './network-namespace.ts';

/** The program that a test starts or calls, and its Debian package. */
type NeededProgram = readonly [program: string, debianPackage: string];

const forUnitTests: readonly NeededProgram[] = [
  ['docker-compose', 'docker-compose'],
  ['ffprobe', 'ffmpeg'],
  ['redis-server', 'redis-server'],
];

const forJourneys: readonly NeededProgram[] = [
  ...forUnitTests,
  ['certutil', 'libnss3-tools'],
  ['espeak-ng', 'espeak-ng'],
  ['haproxy', 'haproxy'],
  ['openssl', 'openssl'],
  ['pulseaudio', 'pulseaudio'],
  ['turnserver', 'coturn'],
];

/**
 * Installs what unit tests need and this machine lacks. It runs before them, because a test has less time than an installation
 * takes, and two tests cannot install at once.
 */
export function ensureProgramsOfUnitTests(): void {
  if (process.platform === 'linux') ensureNativeTransport();
  for (const [program, debianPackage] of forUnitTests) ensureProgram(program, debianPackage);
}

/** The same for all journeys. Single journeys that are run by hand install what they need. */
export function ensureProgramsOfJourneys(): void {
  ensureBrowser();
  ensureFirefox();
  ensureWebKit();
  ensureMediaPrograms();
  ensureNetworkTools();
  for (const [program, debianPackage] of forJourneys) ensureProgram(program, debianPackage);
}
