import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/**
 * What is wrong with the files of an unpacked package, as sentences: dependencies that nothing imports, links of the README
 * that end nowhere, bundles without licences, declarations whose sources editors cannot find.
 */
export function faultsOfContents({ manifest, folder }) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const read = (path) => readFileSync(join(folder, path), 'utf8');
  return [
    ...unusedDependencies(manifest, files, read),
    ...deadLinks(files, read('README.md')),
    ...unlicensedBundles(files, read),
    ...declarationsWithoutSource(files, read),
  ];
}

const isBundle = (path) => /\.iife\.js$|\.mjs$|^dist\/(bundle|demo)\//.test(path);

function unusedDependencies({ dependencies = {}, peerDependencies = {} }, files, read) {
  const code = files
    .filter((path) => path.startsWith('dist/') && /\.js$|\.d\.ts$/.test(path) && !isBundle(path))
    .map(read)
    .join('\n');
  return Object.keys({ ...dependencies, ...peerDependencies })
    .filter((name) => !new RegExp(`['"]${name}(/[^'"]*)?['"]`).test(code))
    .map((name) => `Nothing imports its dependency ${name}.`);
}

/** Registries show a README apart from the repository. */
function deadLinks(files, readme) {
  return [...readme.matchAll(/\]\(([^)#]+)/g)]
    .map(([, target]) => target)
    .filter(
      (target) =>
        !/^[a-z]+:/.test(target) && !files.some((path) => `${path}/`.startsWith(`${normalize(target)}/`)),
    )
    .map((target) => `README.md links to ${target}, which is not in the package.`);
}

function unlicensedBundles(files, read) {
  return files
    .filter((path) => isBundle(path) && /\.m?js$/.test(path))
    .flatMap((path) => {
      const [banner] = /^\/\*![^]*?\*\//.exec(read(path)) ?? [];
      if (banner === undefined) return [`${path} does not begin with its licences.`];
      const notices = nearest(files, path);
      return [...banner.matchAll(/^ \* (\S+ \S+) \|/gm)]
        .filter(([, name]) => notices === undefined || !read(notices).includes(`${name} (`))
        .map(([, name]) => `The licence of ${name}, which ${path} holds, is in no THIRD-PARTY-NOTICES.txt.`);
    });
}

function nearest(files, path) {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const notices = join(folder, 'THIRD-PARTY-NOTICES.txt');
    if (files.includes(notices)) return notices;
  }
  return undefined;
}

function declarationsWithoutSource(files, read) {
  return files
    .filter((path) => path.startsWith('dist/') && path.endsWith('.d.ts'))
    .filter((path) => {
      if (!files.includes(`${path}.map`)) return true;
      const { sources } = JSON.parse(read(`${path}.map`));
      return !sources.every((source) => files.includes(normalize(join(dirname(path), source))));
    })
    .map((path) => `${path} does not lead to its source.`);
}
