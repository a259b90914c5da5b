import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';

/**
 * What is wrong with the versions of Node that a package says it runs on, as sentences: its README states another one than its
 * manifest, or a dependency does not run on all of them.
 */
export function faultsOfEngines({ folder, manifest: { engines, dependencies } }) {
  const supported = engines?.node;
  const stated = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/\bNode (\d[\d.]*\d|\d)/g)].map(
    ([, version]) => `>=${version}`,
  );
  const misstated = [...new Set(stated)]
    .filter((version) => version !== supported)
    .map((version) => `README.md says Node ${version}, package.json ${supported ?? 'nothing'}.`);
  const unstated =
    supported !== undefined && stated.length === 0 ? [`README.md does not say Node ${supported}.`] : [];
  const tooNarrow = Object.keys(dependencies ?? {}).flatMap((name) => {
    const path = join(folder, 'node_modules', name, 'package.json');
    const needed = JSON.parse(readFileSync(path, 'utf8')).engines?.node;
    const isCovered = needed === undefined || semver.subset(supported ?? '*', needed);
    return isCovered ? [] : [`${name} needs Node ${needed}, package.json says ${supported ?? 'nothing'}.`];
  });
  return [...misstated, ...unstated, ...tooNarrow];
}
