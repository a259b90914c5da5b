import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { docs, root } from './folders.ts';

/** Features that claim to be there without a test, and tests that do not exist. */
export function featureProblems(): string[] {
  const tests = new Set(
    globSync('{packages/*/src/**/*.test.{ts,tsx},e2e/*.e2e.ts}', { cwd: root }).map((path) => basename(path)),
  );
  const rows = readFileSync(join(docs, 'features.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return rows
    .filter(([, , mark = '']) => ['●', '◐', 'S'].includes(mark))
    .flatMap(([, feature, , , , names = '']) => {
      const named = Array.from(names.matchAll(/`([^`]+)`/g), ([, name = '']) => name);
      if (named.length === 0) return [`docs/features.md names no test for "${feature}".`];
      return named
        .filter((name) => !tests.has(name))
        .map((name) => `docs/features.md names ${name} for "${feature}", which does not exist.`);
    });
}
