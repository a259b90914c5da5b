import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * Copies the working tree into a temporary folder, so that a mutant never touches the files that you edit. Packages find each
 * other inside the copy, because pnpm's links between them are relative; other dependencies are the installed ones.
 */
export function createSandbox() {
  const root = mkdtempSync(join(tmpdir(), 'parley-mutants-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  const files = listed.split('\0').filter((file) => file !== '' && existsSync(file));
  for (const file of files) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    cpSync(file, join(root, file));
  }
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  const packages = files.filter((file) => file.endsWith('/package.json')).map((file) => dirname(file));
  for (const folder of packages) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules))
      cpSync(modules, join(root, modules), { recursive: true, verbatimSymlinks: true });
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
