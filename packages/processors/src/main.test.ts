import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { assetFiles } from './assets.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-assets-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
}

it('copies all files into a folder, which it creates', () => {
  const target = join(folder, 'public', 'processors');
  const { status, stdout } = run('copy-assets', target);
  expect(status).toBe(0);
  expect(readdirSync(target).toSorted()).toEqual(Object.keys(assetFiles()).toSorted());
  for (const [name, path] of Object.entries(assetFiles())) {
    expect(readFileSync(join(target, name)).equals(readFileSync(path))).toBe(true);
    expect(stdout).toContain(name);
  }
});

it.each([[], ['copy-assets'], ['copy-asset', 'x'], ['copy-assets', 'x', 'y']])(
  'explains itself instead of running %j',
  (...args) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^Usage: parley-processors copy-assets <folder>/);
  },
);
