import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../../bin', import.meta.url));

/** Runs the check that comes before the server, after `change` has made this Node look like another one. */
function check(change: string): { readonly status: number | null; readonly text: string } {
  const script = `${change}; require('./require-node.cjs')('parley-server'); console.log('goes on')`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--eval', script], {
    cwd: bin,
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}

const pretend = (version: string): string =>
  `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;

it('starts on the oldest Node that the manifest names, and on newer ones', () => {
  for (const version of ['22.16.0', '22.17.3', '24.0.0'])
    expect(check(pretend(version))).toEqual({ status: 0, text: 'goes on\n' });
});

it('says which Node it needs on an older one, and how to run it without installing that', () => {
  for (const version of ['12.22.12', '20.20.2', '22.15.1']) {
    const { status, text } = check(pretend(version));
    expect(status).toBe(1);
    expect(text.split('\n')).toEqual([
      `parley-server needs Node 22.16 or newer, and this is Node ${version}.`,
      'Install the current version from https://nodejs.org, then try again. Or run it with:',
      '  npx -p node@24 -p @parley-rtc/server parley-server',
      '',
    ]);
  }
});

it('says that SQLite is missing in a Node that was built without it', () => {
  const { status, text } = check("require('module').isBuiltin = (name) => name !== 'node:sqlite'");
  expect(status).toBe(1);
  expect(text).toMatch(/^parley-server needs SQLite, and this Node was built without it\.\n/);
});
