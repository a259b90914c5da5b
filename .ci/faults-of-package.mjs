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
  const missing = ['LICENSE', 'README.md', ...promised.map((path) => path.replace(/^\.\//, ''))]
    .filter((path) => !files.includes(path))
    .map((path) => `${path} is missing.`);
  const unresolved = Object.entries({ ...dependencies, ...peerDependencies, ...optionalDependencies })
    .filter(
      ([name, version]) => version.startsWith('workspace:') || (isOurs(name) && version !== manifest.version),
    )
    .map(([name, version]) => `It depends on ${name} ${version}, which is not its own version.`);
  return [...missing, ...unresolved];
}

const isOurs = (name) => name.startsWith('@parley-rtc/');

/** Every file that a value of `exports` can lead to. */
function pathsIn(target) {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(pathsIn);
}
