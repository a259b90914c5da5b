// What a customer's tools will say of our packages, over the very tarballs that would be published: whether README, manifest
// and dependencies agree about Node, publint, attw, and a strict TypeScript project that checks our declarations too (`skipLibCheck: false`). Then Node, which has no
// DOM, imports them: nothing may happen at import. At last, the server starts.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { faultsOfContents } from './faults-of-contents.mjs';
import { faultsOfElements } from './faults-of-elements.mjs';
import { faultsOfEngines } from './faults-of-engines.mjs';
import { faultsOfPackage } from './faults-of-package.mjs';
import { faultsOfServer } from './faults-of-server.mjs';
import { packPackages } from './pack-packages.ts';
import { publishedPackages } from './published-packages.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-packed-'));
let failed = false;

function run(title, program, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', ...options });
  report(title, status === 0 ? [] : [stdout, stderr]);
}

/**
 * Compiles a file of the consumers' folder.
 *
 * @param {string} title
 * @param {string} file
 * @param {object} options of the compiler, besides those that all consumers here use
 */
function checkTypes(title, file, options) {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'],
    types: [],
    ...options,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  run(title, 'tsc', ['--project', folder]);
}

function report(title, faults) {
  console.log(`${faults.length === 0 ? '✓' : '✗'} ${title}`);
  if (faults.length === 0) return;
  console.error(faults.join('\n'));
  failed = true;
}

const rootManifest = JSON.parse(readFileSync('package.json', 'utf8'));
for (const part of [{ folder: '.', manifest: rootManifest }, ...publishedPackages()]) {
  report(`Node versions of ${part.manifest.name}`, faultsOfEngines(part));
}
for (const packed of packPackages(folder)) {
  const { name, tarball } = packed;
  report(`contents of ${name}`, faultsOfPackage(packed));
  run(`publint ${name}`, 'publint', ['--strict', tarball]);
  // The API document, and types of a global, are not modules that attw could resolve.
  const noModules = ['openapi.yaml', './global'];
  const attw = [tarball, '--profile', 'esm-only', '--exclude-entrypoints', ...noModules];
  run(`attw ${name}`, 'attw', attw);
  const target = join(folder, 'node_modules', name);
  mkdirSync(target, { recursive: true });
  run(`unpack ${name}`, 'tar', ['-xzf', tarball, '--strip-components=1', '-C', target]);
  report(`files of ${name}`, faultsOfContents({ manifest: packed.manifest, folder: target }));
  report(`custom elements of ${name}`, faultsOfElements({ manifest: packed.manifest, folder: target }));
}

// Third parties as they are installed here; each tarball brings only itself.
for (const { folder: source, manifest } of publishedPackages()) {
  for (const dependency of foreignDependencies(manifest)) {
    const target = join(folder, 'node_modules', dependency);
    mkdirSync(resolve(target, '..'), { recursive: true });
    try {
      symlinkSync(resolve(source, 'node_modules', dependency), target);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

function foreignDependencies({ dependencies, peerDependencies, devDependencies }) {
  const types = Object.keys(devDependencies ?? {}).filter((dependency) => dependency.startsWith('@types/'));
  return [...Object.keys({ ...dependencies, ...peerDependencies }), ...types].filter(
    (dependency) => !dependency.startsWith('@parley-rtc/'),
  );
}

/** What only builds import, from disk; and types without a module. */
const apart = new Set(['processors/assets', 'sdk/global']);
/** What browsers import: packages and their subpaths. */
const browserModules = ['contract', 'client', 'sdk', 'elements', 'react', 'vue', 'processors', 'testing']
  .flatMap((name) => {
    const { manifest } = publishedPackages().find((published) => published.name === name);
    const modules = Object.entries(manifest.exports).filter(([, { types }]) => types !== undefined);
    return modules.map(([subpath]) => `${name}${subpath.slice(1)}`);
  })
  .filter((module) => !apart.has(module));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
writeFileSync(
  join(folder, 'consumer.ts'),
  browserModules
    .map((name) => `export * as ${name.replaceAll(/\W/g, '_')} from '@parley-rtc/${name}';`)
    .join('\n'),
);
checkTypes('strict consumer, nodenext', 'consumer.ts', {
  exactOptionalPropertyTypes: true,
  module: 'nodenext',
  moduleResolution: 'nodenext',
});
checkTypes('strict consumer, bundler', 'consumer.ts', { exactOptionalPropertyTypes: true });
writeFileSync(
  join(folder, 'script.ts'),
  "/// <reference types=\"@parley-rtc/sdk/global\" />\nconst joining: Promise<Parley.Conference> = window.Parley.Conference.join({ server: '', conferenceId: '', token: '' });\nvoid joining.then(() => Parley.setLogLevel('debug'));\n",
);
checkTypes('types of the global Parley', 'script.ts', { moduleDetection: 'auto' });
// Nuxt gives every component of Vue this index signature; the types of our components must outlast it.
writeFileSync(
  join(folder, 'components.ts'),
  "import type { ParleyCall } from '@parley-rtc/vue/elements';\ndeclare module 'vue' {\n  interface ComponentCustomProperties {\n    [name: `$${string}`]: unknown;\n  }\n}\nexport const onEnded: InstanceType<typeof ParleyCall>['$props']['onEnded'] = ({ detail }) => void detail.ending;\n",
);
checkTypes('types of components for Vue in Nuxt', 'components.ts', { skipLibCheck: true });
run(
  'import without a DOM',
  'node',
  [
    '--input-type=module',
    '--eval',
    `await Promise.all(${JSON.stringify(browserModules)}.map((name) => import('@parley-rtc/' + name)))`,
  ],
  { cwd: folder },
);

report('start and end of the server', await faultsOfServer(folder));

rmSync(folder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
