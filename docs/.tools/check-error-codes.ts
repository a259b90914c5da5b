import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docs, root } from './folders.ts';

const codesIn = {
  /** `code = 'ERR_NOT_FOUND'` of the error classes. */
  'packages/{client,sdk,processors}/src/**/*.ts': /'(ERR_[A-Z_]+)'/g,
  /** `error: 'overloaded'` of answers that are not refusals. */
  'packages/server/src/**/*.ts': /\berror: '([a-z_]+)'/g,
  /** The union of all refusals. */
  'packages/server/src/refusal.ts': /\| '([a-z_]+)'/g,
};

/** Codes that an app can meet, but not look up in `docs/errors.md`. */
export function errorCodeProblems(): string[] {
  const page = readFileSync(join(docs, 'errors.md'), 'utf8');
  const explained = new Set(Array.from(page.matchAll(/^### `(\w+)`$/gm), ([, code]) => code));
  return Object.entries(codesIn).flatMap(([pattern, form]) => {
    const sources = globSync(pattern, { cwd: root }).filter((path) => !/\.test\.ts$|\/testing\//.test(path));
    const codes = new Set(
      sources.flatMap((path) =>
        Array.from(readFileSync(join(root, path), 'utf8').matchAll(form), ([, code = '']) => code),
      ),
    );
    if (codes.size === 0)
      return [`No error codes found in ${pattern}: update docs/.tools/check-error-codes.ts.`];
    return [...codes]
      .filter((code) => !explained.has(code))
      .map((code) => `docs/errors.md has no section "### \`${code}\`".`);
  });
}
