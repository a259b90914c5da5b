// What a customer's tools will say of our packages, over the very tarballs that would be published: publint, attw,
// and a strict TypeScript project that checks our declarations too (`skipLibCheck: false`). Then Node, which has no
// DOM, imports them: nothing may happen at import.
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'parley-packed-'));
const installed = join(folder, 'node_modules', '@parley-rtc');
const names = readdirSync('packages');
let failed = false;

function run(title, program, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', ...options });
  console.log(`${status === 0 ? '✓' : '✗'} ${title}`);
  if (status === 0) return;
  console.error(stdout, stderr);
  failed = true;
}

const manifestOf = (name) => JSON.parse(readFileSync(join('packages', name, 'package.json'), 'utf8'));

mkdirSync(installed, { recursive: true });
for (const name of names) {
  run(`pack @parley-rtc/${name}`, 'pnpm', ['pack', '--pack-destination', folder], {
    cwd: join('packages', name),
  });
  const tarball = join(folder, `parley-rtc-${name}-${manifestOf(name).version}.tgz`);
  run(`publint @parley-rtc/${name}`, 'pnpm', ['exec', 'publint', '--strict', tarball]);
  // openapi.yaml is no module that attw could resolve.
  const attw = ['exec', 'attw', tarball, '--profile', 'esm-only', '--exclude-entrypoints', 'openapi.yaml'];
  run(`attw @parley-rtc/${name}`, 'pnpm', attw);
  mkdirSync(join(installed, name));
  run(`unpack @parley-rtc/${name}`, 'tar', [
    '-xzf',
    tarball,
    '--strip-components=1',
    '-C',
    join(installed, name),
  ]);
}

// Third parties as they are installed here; each tarball brings only itself.
const thirdParties = names.flatMap((name) =>
  foreignDependencies(name).map((dependency) => [dependency, name]),
);
for (const [dependency, name] of thirdParties) {
  const target = join(folder, 'node_modules', dependency);
  mkdirSync(resolve(target, '..'), { recursive: true });
  try {
    symlinkSync(resolve('packages', name, 'node_modules', dependency), target);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

function foreignDependencies(name) {
  const { dependencies, peerDependencies, devDependencies } = manifestOf(name);
  const types = Object.keys(devDependencies ?? {}).filter((dependency) => dependency.startsWith('@types/'));
  return [...Object.keys({ ...dependencies, ...peerDependencies }), ...types].filter(
    (dependency) => !dependency.startsWith('@parley-rtc/'),
  );
}

/** What browsers import: packages and their subpaths. */
const browserModules = ['contract', 'client', 'sdk', 'sdk/bindings', 'sdk/encryption', 'react', 'vue'];
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
writeFileSync(
  join(folder, 'consumer.ts'),
  browserModules
    .map((name) => `export * as ${name.replace('/', '_')} from '@parley-rtc/${name}';`)
    .join('\n'),
);
for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  const options = { strict: true, noEmit: true, skipLibCheck: false, exactOptionalPropertyTypes: true };
  const lib = ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'];
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { ...options, target: 'es2022', module, moduleResolution, lib, types: [] },
      files: ['consumer.ts'],
    }),
  );
  run(`strict consumer, ${moduleResolution}`, 'pnpm', ['exec', 'tsc', '--project', folder]);
}
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

rmSync(folder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
