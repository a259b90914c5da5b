import { spawnSync } from 'node:child_process';
import { installDebianPackages } from './debian-packages.ts';

/** Installs the Debian package of `program` if it is missing. Throws with instructions if that fails. */
export function ensureProgram(program: string, debianPackage: string): void {
  const isThere = () => spawnSync(program, ['--version']).error === undefined;
  if (isThere() || (installDebianPackages(debianPackage) && isThere())) return;
  throw new Error(`The tests need ${debianPackage}, and apt-get could not install it. Install it by hand.`);
}
