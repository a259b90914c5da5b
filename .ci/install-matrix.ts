// `npm run matrix`: packs the built packages, installs them into empty projects with each package manager and each Node version,
// and runs what was installed. Prints a table. `npm run matrix -- 'Yarn 4'` tries one manager.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { startLocalRegistry } from './local-registry.ts';
import { packPackages } from './pack-packages.ts';
import { publishedPackages } from './published-packages.ts';

const run = promisify(execFile);
const nodeVersions = ['22', '24'];
/** Below what the packages need, to see what a user reads. */
const tooOld = '20';
const yarn4 = ['npx', '-y', '-p', '@yarnpkg/cli-dist@4', 'yarn'];
/** Yarn 4 without `node_modules`, as it installs by default. */
const plugAndPlay = 'Yarn PnP';
const managers: Readonly<Record<string, readonly string[]>> = {
  'npm 10': ['npx', '-y', 'npm@10', 'install', '--no-audit', '--no-fund'],
  'npm 11': ['npx', '-y', 'npm@11', 'install', '--no-audit', '--no-fund'],
  'pnpm 10': ['npx', '-y', 'pnpm@10', 'install'],
  'pnpm 11': ['npx', '-y', 'pnpm@11', 'install'],
  'pnpm 12': ['npx', '-y', 'pnpm@12', 'install'],
  'Yarn 1': ['npx', '-y', 'yarn@1', 'install', '--non-interactive'],
  'Yarn 4': [...yarn4, 'install'],
  [plugAndPlay]: [...yarn4, 'install'],
};

const isRunning = /^installed, runs$/;
/** What is installed says what it needs; some package managers refuse such a Node, or do not run on it. */
const isExplained = /^refused: |^installed, explains: .*needs Node/;

const [, , only] = process.argv;
const tried = Object.entries(managers).filter(([manager]) => only === undefined || manager === only);

const folder = mkdtempSync(join(tmpdir(), 'parley-matrix-'));
const registry = await startLocalRegistry(packPackages(folder));
/** Every package, in the range that a new app would get. */
const ours = Object.fromEntries(
  publishedPackages().map(({ manifest: { name, version } }) => [name, `^${version}`]),
);
let failed = false;
try {
  const rows = [];
  for (const version of [tooOld, ...nodeVersions]) {
    const node = await installNode(version);
    for (const [manager, command] of tried) {
      const outcome = await tryInstall(version, node, manager, command);
      const isExpected = (version === tooOld ? isExplained : isRunning).test(outcome);
      failed ||= !isExpected;
      rows.push(`${isExpected ? '✓' : '✗'} Node ${version}  ${manager.padEnd(8)} ${outcome}`);
      console.log(rows.at(-1));
    }
  }
} finally {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

/** Installs a version of Node from npm and returns the folder of its program. */
async function installNode(version: string): Promise<string> {
  const place = join(folder, `node-${version}`);
  mkdirSync(place);
  writeFileSync(join(place, 'package.json'), '{}');
  const options = ['--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...options, `node@${version}`], { cwd: place });
  return join(place, 'node_modules', 'node', 'bin');
}

async function tryInstall(
  version: string,
  node: string,
  manager: string,
  command: readonly string[],
): Promise<string> {
  const cwd = mkdtempSync(join(folder, 'app-'));
  const env = { ...process.env, PATH: [node, process.env['PATH']].join(delimiter), CI: '1' };
  writeFileSync(join(cwd, '.npmrc'), `@parley-rtc:registry=${registry.url}\n`);
  writeFileSync(join(cwd, 'pnpm-workspace.yaml'), 'minimumReleaseAge: 0\nallowBuilds: {}\n');
  writeFileSync(
    join(cwd, '.yarnrc.yml'),
    `nodeLinker: ${manager === plugAndPlay ? 'pnp' : 'node-modules'}\nenableImmutableInstalls: false\nenableGlobalCache: true\nenableTelemetry: false\nunsafeHttpWhitelist: [localhost]\nnpmScopes:\n  parley-rtc:\n    npmRegistryServer: "${registry.url}"\n`,
  );
  writeFileSync(join(cwd, 'yarn.lock'), '');
  const peers = { react: '^19.0.0', vue: '^3.5.0' };
  const dependencies = { ...ours, ...peers };
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ name: 'app', private: true, type: 'module', dependencies }),
  );
  try {
    const [program = '', ...args] = command;
    await run(program, args, { cwd, env, timeout: 180_000 });
  } catch (error) {
    return `refused: ${reasonIn(error)}`;
  }
  const loads = ['sdk', 'client', 'elements', 'react', 'vue', 'processors'].map(
    (name) => `import('@parley-rtc/${name}')`,
  );
  writeFileSync(join(cwd, 'load.js'), `await Promise.all([${loads.join(',')}]);`);
  const withYarn = manager === plugAndPlay ? yarn4 : [];
  const server =
    manager === plugAndPlay ? 'parley-server' : join(cwd, 'node_modules', '.bin', 'parley-server');
  const use = (program: string, ...args: readonly string[]) => {
    const [first = '', ...others] = [...withYarn, program, ...args];
    return run(first, others, { cwd, env });
  };
  try {
    await use('node', 'load.js');
    const { stdout } = await use(server, '--version');
    return /^\d+\.\d+\.\d+/.test(stdout) ? 'installed, runs' : `installed, but prints ${stdout}`;
  } catch (error) {
    return `installed, ${version === tooOld ? 'explains' : 'fails'}: ${reasonIn(error)}`;
  }
}

/** The line of the output that says why. */
function reasonIn(error: unknown): string {
  const {
    stdout = '',
    stderr = '',
    message,
  } = error as { stdout?: string; stderr?: string; message: string };
  const lines = `${stderr}\n${stdout}\n${message}`.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /needs Node|incompatible|ERR|YN00[1-9]|rror/.test(line)) ??
    lines[0] ??
    ''
  ).slice(0, 140);
}
