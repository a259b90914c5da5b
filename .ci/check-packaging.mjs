// What a customer's tools will say of our packages: publint and attw over the very tarballs that would be published.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'parley-packed-'));
let failed = false;

for (const name of readdirSync('packages')) {
  const packed = spawnSync('pnpm', ['pack', '--pack-destination', folder], {
    cwd: join('packages', name),
    encoding: 'utf8',
  });
  if (packed.status !== 0) {
    console.error(packed.stdout, packed.stderr);
    failed = true;
    continue;
  }
  const { version } = JSON.parse(readFileSync(join('packages', name, 'package.json'), 'utf8'));
  const tarball = join(folder, `parley-rtc-${name}-${version}.tgz`);
  // Without --pack publint reads the tarball's files as they are; openapi.yaml is no module for attw to resolve.
  const tools = [
    ['publint', '--strict', tarball],
    ['attw', tarball, '--profile', 'esm-only', '--exclude-entrypoints', 'openapi.yaml'],
  ];
  for (const args of tools) {
    const { status, stdout, stderr } = spawnSync('pnpm', ['exec', ...args], { encoding: 'utf8' });
    console.log(`${status === 0 ? '✓' : '✗'} ${args[0]} @parley-rtc/${name}`);
    if (status !== 0) {
      console.error(stdout, stderr);
      failed = true;
    }
  }
}

rmSync(folder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
