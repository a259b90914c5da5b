// What `npm test` runs once the workspace is installed: all checks, fastest first, even if one fails. Checks that only read
// the sources or the built packages run two at a time, and the output of each is printed when it ends. The last line is
// `N passed, M failed`: tests as counted by the runners' reports, plus one failure for each failed check (format, types, ...).
// To run a single step, use `npm test -- unit`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ensureProgramsOfJourneys } from '../e2e/support/ensure-test-programs.ts';
import { failedInPlaywright, failedInVitest } from './failed-tests.mjs';
import { mapAtOnce } from './map-at-once.mjs';

const reports = mkdtempSync(join(tmpdir(), 'parley-reports-'));

/** A script of package.json that passes or fails as a whole. */
const check = (name) => ({ name, command: ['pnpm', 'run', `check:${name}`] });

/** A test runner. `count` reads its JSON report and returns { passed, failed }; `failures` says what failed. */
const vitest = {
  name: 'unit',
  report: join(reports, 'unit.json'),
  command: [
    'pnpm',
    'exec',
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(reports, 'unit.json')}`,
  ],
  count: ({ numPassedTests, numFailedTests, numFailedTestSuites }) => ({
    passed: numPassedTests,
    failed: numFailedTests || numFailedTestSuites,
  }),
  failures: failedInVitest,
};

/** The journeys of a project of `e2e/playwright.config.ts`, on a number of workers. */
const playwright = (project, workers) => ({
  name: `e2e-${project}`,
  before: ensureProgramsOfJourneys,
  report: join(reports, `e2e-${project}.json`),
  command: [
    'pnpm',
    'exec',
    'playwright',
    'test',
    '--config',
    'e2e/playwright.config.ts',
    `--project=${project}`,
    `--workers=${workers}`,
    `--output=test-results/${project}`,
    '--reporter=list,json',
  ],
  env: { PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, `e2e-${project}.json`) },
  count: ({ stats, errors }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
  }),
  failures: failedInPlaywright,
});

/** The steps in order; those of a stage run one or two at a time, so that both cores have work. */
const stages = [
  { atOnce: 2, steps: ['format', 'lint', 'types', 'layers', 'dead-code', 'contract'].map(check) },
  { atOnce: 1, steps: [vitest, { name: 'build', command: ['pnpm', 'run', 'build:packages'] }] },
  {
    atOnce: 2,
    steps: [
      { name: 'docs', command: ['pnpm', 'run', 'build:docs'] },
      ...['packaging', 'api', 'size'].map(check),
    ],
  },
  { atOnce: 1, steps: [playwright('together', 2), playwright('firefox', 2), playwright('alone', 1)] },
];
const steps = stages.flatMap((stage) => stage.steps);

/** Runs one step. Shows its output live, or at its end if `isBeside` others. */
async function run({ name, command, env, before, report, count, failures }, isBeside) {
  const title = `\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`;
  if (!isBeside) console.log(title);
  const startedAt = performance.now();
  let clean = true;
  let output = '';
  try {
    before?.();
    const stdio = isBeside ? ['ignore', 'pipe', 'pipe'] : 'inherit';
    const [program, ...args] = command;
    const child = spawn(program, args, { stdio, env: { ...process.env, ...env } });
    const [[status], ...outputs] = await Promise.all([
      once(child, 'close'),
      ...[child.stdout, child.stderr].filter((stream) => stream !== null).map((stream) => text(stream)),
    ]);
    clean = status === 0;
    output = outputs.join('');
  } catch (error) {
    clean = false;
    output = `${error.message}\n`;
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (isBeside) console.log(title);
  process.stdout.write(output);
  console.log(`${clean ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (!count) return { name, passed: 0, failed: clean ? 0 : 1, failures: [] };
  const counted = readReport(report, count, { passed: 0, failed: 0 });
  // A runner that fails without a failed test (a crash, no report) or that ran no tests counts as a failure.
  const nothing = counted.passed + counted.failed === 0;
  return {
    name,
    passed: counted.passed,
    failed: counted.failed || (clean && !nothing ? 0 : 1),
    failures: readReport(report, failures, []),
  };
}

/** What `read` finds in a report, or `otherwise` if the runner has not written one. */
function readReport(report, read, otherwise) {
  try {
    return read(JSON.parse(readFileSync(report, 'utf8')));
  } catch {
    return otherwise;
  }
}

const requested = process.argv.slice(2);
const unknown = requested.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `No step is called ${unknown.join(', ')}. Steps: ${steps.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}
const isChosen = ({ name }) => requested.length === 0 || requested.includes(name);
const results = [];
for (const { atOnce, steps } of stages) {
  results.push(...(await mapAtOnce(steps.filter(isChosen), atOnce, (step) => run(step, atOnce > 1))));
}
rmSync(reports, { recursive: true, force: true });

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
const unclean = results.filter((result) => result.failed > 0).map(({ name }) => name);
// Once more at the end, where whoever reads a long log looks first.
for (const { title, message } of results.flatMap(({ failures }) => failures)) {
  console.log(`\n✗ ${title}\n${message}`);
}
if (unclean.length > 0) console.log(`\nNot clean: ${unclean.join(', ')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
