// Mutation testing: puts small faults into a room's sources, one at a time, and shows which of them no unit test notices.
// `npm run mutants -- packages/sdk/src/viewing --count 30 --seed 7 --json viewing.json`; CONTRIBUTING.md says how to read it.
// Our own tool, because StrykerJS neither removes single statements nor changes numbers, and its copy of a workspace tests
// other packages against the original sources.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { sampleMutants } from './mutants/sample-mutants.mjs';
import { createSandbox } from './mutants/sandbox.mjs';
import { tryMutants } from './mutants/try-mutants.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '25' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

if (positionals.length === 0) {
  console.error('Name at least one folder or file of sources: npm run mutants -- packages/sdk/src/viewing');
  process.exit(1);
}

const rooms = positionals.map((given) => given.replace(/\/+$/, ''));
const mutants = rooms.flatMap((room) =>
  sampleMutants(room, Number(values.count), Number(values.seed)).map((mutant) => ({ room, ...mutant })),
);

if (values.list) {
  for (const mutant of mutants) console.log(describe(mutant));
} else {
  const results = await tryAll();
  printRooms(results);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
}

async function tryAll() {
  const sandbox = createSandbox();
  process.once('exit', sandbox.remove);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  const results = [];
  await tryMutants(sandbox.root, mutants, (result) => {
    results.push(result);
    const by = result.failure ? `  by "${oneLine(result.failure)}"` : '';
    console.log(`${result.outcome.padEnd(9)} ${describe(result)}${by}`);
  });
  return results;
}

/** Prints a line for each room, and the survivors. */
function printRooms(results) {
  const table = rooms.map((room) => {
    const tried = results.filter((result) => result.room === room);
    const survived = tried.filter(isSurvivor).length;
    const noticed = tried.length - survived;
    return { room, tried: tried.length, noticed, survived, '%': Math.round((100 * noticed) / tried.length) };
  });
  console.table(table);
  for (const survivor of results.filter(isSurvivor))
    console.log(`${survivor.outcome}  ${describe(survivor)}`);
}

function isSurvivor({ outcome }) {
  return outcome === 'survived' || outcome === 'unreached';
}

function describe({ file, line, before, replacement }) {
  return `${file}:${line}  ${oneLine(before)}  →  ${oneLine(replacement) || '(removed)'}`;
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ').slice(0, 60);
}
