import { globSync, readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { createCompileCheck } from './compiles.mjs';
import { mutate } from './mutate.mjs';

const isLeftOut = (file) => /\.test\.tsx?$|\.d\.ts$|\/(testing|generated|dist|node_modules)\//.test(file);

/** The sources of a room: a file, or a folder with its subfolders. */
function sourcesOf(room) {
  if (statSync(room).isFile()) return [room];
  return globSync(`${room}/**/*.{ts,tsx}`)
    .filter((file) => !isLeftOut(file))
    .toSorted();
}

const compileChecks = new Map();

/** Reading a package's types takes seconds, so its rooms share them. */
function compileCheckOf(folder) {
  const known = compileChecks.get(folder) ?? createCompileCheck(folder);
  compileChecks.set(folder, known);
  return known;
}

/** Returns the text of the file with the mutant in it. */
export function applyMutant(code, { start, end, replacement }) {
  return code.slice(0, start) + replacement + code.slice(end);
}

/**
 * Draws up to `count` mutants of a room that compile. The same seed draws the same mutants, as long as the sources stay.
 *
 * @returns {import('./mutate.mjs').Mutant[]}
 */
export function sampleMutants(room, count, seed) {
  const codes = new Map(sourcesOf(room).map((file) => [file, readFileSync(file, 'utf8')]));
  const all = [...codes].flatMap(([file, code]) => mutate(file, code));
  const [shuffled = []] = fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), {
    seed,
    numRuns: 1,
  });
  const compiles = compileCheckOf(/^(.*?)\/src(\/|$)/.exec(room)?.[1] ?? '.');
  const sample = [];
  for (const mutant of shuffled) {
    if (sample.length === count) break;
    if (compiles(mutant.file, applyMutant(codes.get(mutant.file), mutant))) sample.push(mutant);
  }
  return sample;
}
