// Everything a release does except publishing: packs the built packages into `release`, checks each tarball, and lists them
// in the order in which to publish, as `release/packages.txt` does. The release workflow publishes these very files.
// `release/integrity.txt` has the hashes for `<script integrity>`.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { faultsOfNotes } from './faults-of-notes.mjs';
import { faultsOfPackage } from './faults-of-package.mjs';
import { packPackages } from './pack-packages.ts';

const destination = resolve('release');
rmSync(destination, { recursive: true, force: true });
mkdirSync(destination);
const packages = packPackages(destination);
writeFileSync(
  join(destination, 'packages.txt'),
  packages.map(({ name, version, tarball }) => `${name}@${version} ${basename(tarball)}\n`).join(''),
);

/** The files that a page can load on their own, as registries' CDNs serve them. */
const singleFiles = packages.flatMap(({ name, version, files }) =>
  files
    .filter((path) => /^dist\/[^/]+(\.iife\.js|\.mjs)$/.test(path))
    .map((path) => {
      const content = readFileSync(join('packages', name.split('/')[1], path));
      return `${name}@${version}/${path} sha384-${createHash('sha384').update(content).digest('base64')}\n`;
    }),
);
writeFileSync(join(destination, 'integrity.txt'), singleFiles.join(''));

console.log(`\n${'package'.padEnd(26)}version  files      kB`);
for (const packed of packages) {
  const kilobytes = (packed.bytes / 1000).toFixed(1);
  const { name, version, files } = packed;
  console.log(
    `${name.padEnd(26)}${version.padEnd(7)}${String(files.length).padStart(7)}${kilobytes.padStart(8)}`,
  );
  for (const fault of faultsOfPackage(packed)) {
    console.error(`  ✗ ${fault}`);
    process.exitCode = 1;
  }
}
console.log(`\n${singleFiles.join('')}`);

for (const fault of faultsOfNotes(packages[0].version)) {
  console.error(`✗ ${fault}`);
  process.exitCode = 1;
}
