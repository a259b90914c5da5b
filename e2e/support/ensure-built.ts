import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

/** Builds those of the packages whose `dist` is missing or older than their sources. */
export function ensureBuilt(...names: readonly string[]): void {
  const filters = names.filter(isOutdated).map((name) => `--filter=@parley-rtc/${name}`);
  if (filters.length === 0) return;
  const { status, error } = spawnSync('pnpm', [...filters, 'run', 'build'], { stdio: 'inherit' });
  if (error || status !== 0) {
    throw new Error('The packages could not be built. Try: npm run build', { cause: error });
  }
}

function isOutdated(name: string): boolean {
  const built = join(packages, name, 'dist', 'index.js');
  if (!existsSync(built)) return true;
  const builtAtMs = statSync(built).mtimeMs;
  const sources = globSync('src/**/*.ts', { cwd: join(packages, name) });
  return sources.some((source) => statSync(join(packages, name, source)).mtimeMs > builtAtMs);
}
