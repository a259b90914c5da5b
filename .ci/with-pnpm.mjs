// Why this exists: `npm start` and `npm test` must work on a machine that has only Node 20 and npm. This file
// fetches the pinned pnpm through npx (corepack is not always there), installs the workspace when needed and hands
// over to a pnpm script; pnpm then puts Node 24, from npm's `node` package, first on the path.
// It must keep running on Node 20, so it imports nothing but Node itself.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { config } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// npm hands its own settings down as npm_* variables, which npx would warn about one by one.
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

pnpm('install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=warn');
pnpm(...process.argv.slice(2));
