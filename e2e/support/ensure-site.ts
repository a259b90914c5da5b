import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const site = fileURLToPath(new URL('../../docs/.vitepress/dist', import.meta.url));

/** The folder of the built documentation site. Builds it unless it is there, as it is in CI after the step `docs`. */
export function ensureSite(): string {
  if (existsSync(join(site, 'llms.txt'))) return site;
  const { status, error } = spawnSync('pnpm', ['run', 'build:docs'], { stdio: 'inherit' });
  if (error || status !== 0)
    throw new Error('The site could not be built. Try: npm test -- docs', { cause: error });
  return site;
}
