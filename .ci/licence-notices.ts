import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package of a third party whose code a bundled file holds. */
interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Its licence file; empty if it has none. */
  readonly text: string;
}

/** A chunk of a bundle, as far as notices need it. */
interface Chunk {
  readonly moduleIds: readonly string[];
}

/** The comment that begins a bundled file: whose code it holds, and under which licences. */
export function licenceBanner({ moduleIds }: Chunk): string {
  const own = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string; version: string };
  const lines = bundledPackages(moduleIds).map(
    ({ name, version, licence, text }) => ` * ${name} ${version} | ${licence} | ${copyrightIn(text)}`,
  );
  const first = `${own.name} ${own.version} | Apache-2.0`;
  return lines.length === 0
    ? `/*! ${first} */`
    : [`/*! ${first} | it contains, with full texts in THIRD-PARTY-NOTICES.txt:`, ...lines, ' */'].join('\n');
}

/** The licences of all packages in these modules, in full. */
export function licenceTexts(moduleIds: readonly string[]): string {
  return bundledPackages(moduleIds)
    .map(({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text.trim()}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function bundledPackages(moduleIds: readonly string[]): readonly BundledPackage[] {
  const folders = new Set(moduleIds.map(packageFolderOf).filter((folder) => folder !== undefined));
  return [...folders].toSorted().map(readPackage);
}

/** The folder of the package in `node_modules` that a module belongs to. */
function packageFolderOf(moduleId: string): string | undefined {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(moduleId)?.[1];
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|-|$)/i.test(entry));
  const text =
    file !== undefined && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '';
  return { name, version, licence: license, text: text === '' ? `License: ${license}` : text };
}

function copyrightIn(text: string): string {
  return /^.*copyright .*\d{4}.*$|^.*copyright \(c\).*$/im.exec(text)?.[0]?.trim() ?? 'see its licence';
}
