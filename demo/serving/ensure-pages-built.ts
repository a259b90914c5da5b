import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFolder, elementsFolder, scriptTagFolder, sdkFolder, workspaceFolder } from '../folders.ts';
import { StartError } from '../start-error.ts';
import { compressFiles } from './compress-files.ts';

/** The pages, built for production. */
export interface BuiltPages {
  readonly folder: string;
  /** Whether an earlier build is still up to date. */
  readonly isUnchanged: boolean;
}

const program = fileURLToPath(new URL('build-pages.ts', import.meta.url));
const builds = join(workspaceFolder, 'demo', 'dist');
/** Another demo of this workspace may still serve an older build. */
const keptBuilds = 3;
/** What a build may depend on, and more: a build too many takes three seconds. */
const sources = [
  'demo/**',
  'packages/*/src/**',
  'packages/*/package.json',
  'vite.config.ts',
  'pnpm-lock.yaml',
];
const others = ['**/node_modules', '**/dist', '**/*.test.{ts,tsx}', '**/*.md'];

/**
 * Builds the pages, the elements and the SDK's script-tag files, unless there is a build of the same sources.
 *
 * @throws StartError when they cannot be built; the reason is on the terminal.
 */
export async function ensurePagesBuilt(): Promise<BuiltPages> {
  const folder = join(builds, hashOf(sources));
  if (existsSync(folder)) return { folder, isUnchanged: true };
  // Only a complete build gets its final name.
  const unfinished = join(builds, `unfinished-${process.pid}`);
  try {
    await Promise.all([
      runNode(['--run', 'build:script-tag'], sdkFolder),
      runNode(['--run', 'build:bundle'], elementsFolder),
      runNode(['--conditions=@parley-rtc/source', program, unfinished], workspaceFolder),
    ]);
    for (const file of globSync('parley*.iife.js*', { cwd: scriptTagFolder })) {
      copyFileSync(join(scriptTagFolder, file), join(unfinished, file));
    }
    cpSync(bundleFolder, join(unfinished, 'parley-elements'), { recursive: true });
    cpSync(join(workspaceFolder, 'demo', 'script-tag'), join(unfinished, 'script-tag'), { recursive: true });
    await compressFiles(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  removeOldBuilds();
  return { folder, isUnchanged: false };
}

/** Differs whenever a file has changed, appeared or gone. */
function hashOf(patterns: readonly string[]): string {
  const hash = createHash('sha256');
  const files = globSync(patterns, { cwd: workspaceFolder, exclude: others, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

async function runNode(args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) throw new StartError('The pages could not be built. The reason is above.');
}

function removeOldBuilds(): void {
  const ages = globSync('*', { cwd: builds })
    .map((name) => join(builds, name))
    .map((path) => ({ path, builtAtMs: statSync(path).mtimeMs }));
  for (const { path } of ages.toSorted((a, b) => b.builtAtMs - a.builtAtMs).slice(keptBuilds)) {
    rmSync(path, { recursive: true, force: true });
  }
}
