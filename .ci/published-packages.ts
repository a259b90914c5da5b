import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The parts of a package's `package.json` that are read here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package that npm users install, with the name of its folder. */
export interface PublishedPackage {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

const packagesFolder = fileURLToPath(new URL('../packages', import.meta.url));

/** All packages that npm users install. */
export function publishedPackages(): PublishedPackage[] {
  return readdirSync(packagesFolder).map((name) => {
    const folder = join(packagesFolder, name);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    return { name, folder, manifest };
  });
}
