// Makes `npm start` and `npm test` work on a machine with only Node 20 and npm: gets the pinned pnpm with npx (corepack may
// be missing), installs the workspace if needed and runs a pnpm script. pnpm puts Node 24, from npm's `node` package, first
// on the path. This file must run on Node 20, so it imports only Node's own modules.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { config, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// npm passes its settings on as npm_* variables, and npx would warn about each of them.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/i.test(name)),
);
environment.npm_config_loglevel = 'error';
environment.npm_config_update_notifier = 'false';

function pnpm(...args) {
  const { status, error } = spawnSync('npx', ['-y', `pnpm@${config.pnpm}`, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: environment,
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

pnpm(
  'install',
  '--frozen-lockfile',
  '--prefer-offline',
  '--reporter=append-only',
  '--loglevel=warn',
  // What runs the packages. Otherwise pnpm would warn of each one that does not support the Node that runs pnpm.
  `--config.node-version=${devDependencies.node}`,
);
pnpm(...process.argv.slice(2));
