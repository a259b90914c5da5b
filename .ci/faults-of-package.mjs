/** What is wrong with a packed package (of `pack-packages.ts`), as sentences; none when users can install it. */
export function faultsOfPackage({ manifest, files }) {
  const {
    exports,
    bin = {},
    unpkg,
    jsdelivr,
    customElements,
    dependencies,
    peerDependencies,
    optionalDependencies,
  } = manifest;
  const promised = [...pathsIn(exports), ...Object.values(bin), unpkg, jsdelivr, customElements].filter(
    Boolean,
  );
  const missing = [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    ...promised.map((path) => path.replace(/^\.\//, '')),
  ]
    .filter((path) => !files.includes(path))
    .map((path) => `${path} is missing.`);
  const unnamed = ['description', 'keywords', 'homepage', 'bugs', 'repository', 'license']
    .filter((field) => manifest[field] === undefined)
    .map((field) => `Its manifest has no ${field}.`);
  const unresolved = Object.entries({ ...dependencies, ...peerDependencies, ...optionalDependencies })
    .filter(
      ([name, range]) => !/^(\^|>=)\d/.test(range) || (isOurs(name) && range !== `^${manifest.version}`),
    )
    .map(
      ([name, range]) => `It depends on ${name} ${range}, which is not a range, or not of its own version.`,
    );
  return [...missing, ...unnamed, ...unresolved];
}

const isOurs = (name) => name.startsWith('@parley-rtc/');

/** Every file that a value of `exports` can lead to. */
function pathsIn(target) {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(pathsIn);
}
