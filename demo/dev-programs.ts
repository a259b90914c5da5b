import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { compileCacheFolder, scriptTagFolder, sdkFolder, workspaceFolder } from './folders.ts';
import type { Settings } from './read-settings.ts';

/** What `build:script-tag` makes for the demo. */
export const scriptTagFile: string = join(scriptTagFolder, 'parley.iife.js');

/**
 * Starts the API, the pages and the build of the script-tag file, each of which watches its sources. Their errors go to the
 * terminal.
 */
export function startDevPrograms({ lanAddress, apiPort }: Settings, dataDir: string): ChildProcess[] {
  const client = { id: 'demo-backend', secret: randomBytes(24).toString('base64url') };
  const api = watchAndRun('packages/server/src/main.ts', {
    PARLEY_LOG_LEVEL: 'warn',
    ...process.env,
    PARLEY_PORT: String(apiPort),
    PARLEY_CLIENTS: `${client.id}:${client.secret}:SERVICE`,
    PARLEY_DATA_DIR: dataDir,
    ...(lanAddress !== undefined && { PARLEY_ANNOUNCED_ADDRESS: lanAddress }),
  });
  const credentials = { DEMO_CLIENT_ID: client.id, DEMO_CLIENT_SECRET: client.secret };
  const pages = watchAndRun(
    'demo/serve-pages.ts',
    { ...process.env, ...credentials },
    ...(lanAddress === undefined ? [] : ['--lan']),
  );
  return [api, pages, watchAndBuild()];
}

/** Runs a program of this workspace, and runs it again when a file that it imports changes. */
function watchAndRun(program: string, env: NodeJS.ProcessEnv, ...options: string[]): ChildProcess {
  const watch = ['--watch', '--watch-preserve-output', '--conditions=@parley-rtc/source'];
  return spawn(process.execPath, [...watch, program, ...options], {
    cwd: workspaceFolder,
    env: { NODE_COMPILE_CACHE: compileCacheFolder, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function watchAndBuild(): ChildProcess {
  const vite = join(workspaceFolder, 'node_modules', 'vite', 'bin', 'vite.js');
  const build = ['build', '--config', '../../vite.config.ts', '--mode', 'script-tag'];
  return spawn(process.execPath, [vite, ...build, '--watch', '--logLevel', 'warn'], {
    cwd: sdkFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
