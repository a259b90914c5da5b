import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { addProbes } from './probe.mjs';
import { applyMutant } from './sample-mutants.mjs';
import { VitestSession } from './vitest-session.mjs';

/** Beyond five times the time of the unchanged tests, because a machine is not always equally busy. */
const spareMs = 60_000;
const longestMs = 30 * 60_000;

/**
 * Runs the unit tests that reach each mutant, the nearest first, until one fails.
 *
 * @param {import('./mutate.mjs').Mutant[]} mutants
 * @param {(mutant: import('./mutate.mjs').Mutant & { outcome: string, failure?: string }) => void} onResult
 */
export async function tryMutants(root, mutants, onResult) {
  const session = new VitestSession(root);
  const originals = new Map(mutants.map(({ file }) => [file, readFileSync(join(root, file), 'utf8')]));
  const testsOf = await findTests({ root, session, mutants, originals });
  // The last run was of the probed sources.
  let changed = [...originals.keys()];
  for (const [number, mutant] of mutants.entries()) {
    const tests = nearestFirst(mutant.file, testsOf.get(number) ?? []);
    if (tests.length === 0) {
      onResult({ ...mutant, outcome: 'unreached' });
      continue;
    }
    const code = originals.get(mutant.file);
    writeFileSync(join(root, mutant.file), applyMutant(code, mutant));
    const content = { tests: tests.map(({ file }) => file), changed: [...changed, mutant.file] };
    const limitMs = 5 * tests.reduce((sum, { durationMs }) => sum + durationMs, 0) + spareMs;
    const answer = await session.ask('run', content, limitMs);
    writeFileSync(join(root, mutant.file), code);
    changed = [mutant.file];
    const outcome = !answer ? 'timed out' : answer.failure ? 'noticed' : 'survived';
    onResult({ ...mutant, outcome, failure: answer?.failure });
  }
  session.close();
}

/** Runs the package's tests that import a mutant's file, over probed sources. Returns the test files that reach each mutant, by the mutant's number. */
async function findTests({ root, session, mutants, originals }) {
  const numbered = mutants.map((mutant, number) => ({ ...mutant, number }));
  for (const [file, code] of originals) {
    const own = numbered.filter((mutant) => mutant.file === file);
    writeFileSync(join(root, file), addProbes(code, own));
  }
  const files = [...originals.keys()];
  const packages = [...new Set(files.map((file) => `${file.split('/src/')[0]}/`))];
  const tests = await session.ask('related', { files, packages }, longestMs);
  for (const [file, code] of originals) writeFileSync(join(root, file), code);
  if (!Array.isArray(tests)) throw new Error(`The tests did not run: ${tests?.failure ?? 'no answer'}`);
  for (const { failure } of tests) if (failure) console.warn(`Left out, because it fails anyway: ${failure}`);
  const durations = new Map(
    tests.filter(({ failure }) => !failure).map(({ file, durationMs }) => [file, durationMs]),
  );
  const found = new Map();
  const report = join(root, 'reached.jsonl');
  const lines = existsSync(report) ? readFileSync(report, 'utf8').trim().split('\n') : [];
  for (const { test: file, reached } of lines.map((line) => JSON.parse(line))) {
    const durationMs = durations.get(file);
    if (durationMs === undefined) continue;
    for (const number of reached) found.set(number, [...(found.get(number) ?? []), { file, durationMs }]);
  }
  return found;
}

/** Sorts test files: the one of the same name, then those of the same folder, then the fastest. */
function nearestFirst(source, tests) {
  const distance = ({ file }) => {
    if (!dirname(file).endsWith(dirname(source))) return 2;
    return basename(file).startsWith(`${basename(source).replace(/\.tsx?$/, '')}.`) ? 0 : 1;
  };
  return tests.toSorted((a, b) => distance(a) - distance(b) || a.durationMs - b.durationMs);
}
