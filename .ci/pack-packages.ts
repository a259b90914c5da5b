import { spawnSync } from 'node:child_process';
import { publishedPackages, type Manifest, type PublishedPackage } from './published-packages.ts';

/** A tarball as npm users install it. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  /** Path of the tarball. */
  readonly tarball: string;
  readonly bytes: number;
  /** Paths within the package. */
  readonly files: readonly string[];
  /** As packed: dependencies on each other are versions. */
  readonly manifest: Manifest;
}

/**
 * Packs the built packages into `destination`, an absolute path; only those that `isNeeded`, by the names of their folders.
 * A package comes after the packages that it depends on.
 */
export function packPackages(
  destination: string,
  isNeeded: (name: string) => boolean = () => true,
): PackedPackage[] {
  const needed = publishedPackages().filter(({ name }) => isNeeded(name));
  return inOrderOfDependence(needed, []).map(({ folder }) => pack(folder, destination));
}

function inOrderOfDependence(
  packages: readonly PublishedPackage[],
  done: readonly PublishedPackage[],
): readonly PublishedPackage[] {
  if (packages.length === 0) return done;
  const waitsForOther = ({ manifest }: PublishedPackage): boolean =>
    packages.some((other) => manifest.dependencies?.[other.manifest.name] !== undefined);
  const ready = packages.filter((candidate) => !waitsForOther(candidate));
  if (ready.length === 0) throw new Error('The packages depend on each other in a circle.');
  return inOrderOfDependence(packages.filter(waitsForOther), [...done, ...ready]);
}

function pack(folder: string, destination: string): PackedPackage {
  const { name, version, filename, size, files } = JSON.parse(
    outputOf('pnpm', ['pack', '--json', '--pack-destination', destination], folder),
  ) as { name: string; version: string; filename: string; size: number; files: { path: string }[] };
  const manifest = JSON.parse(
    outputOf('tar', ['-xzOf', filename, 'package/package.json'], destination),
  ) as Manifest;
  return { name, version, tarball: filename, bytes: size, files: files.map(({ path }) => path), manifest };
}

function outputOf(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (error)
    throw new Error(`${program} could not be started. Use one of the npm scripts.`, { cause: error });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}
