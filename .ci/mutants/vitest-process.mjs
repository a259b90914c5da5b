// A process that keeps Vitest running, so that a mutant costs only the tests that reach it. `VitestSession` starts it in the
// sandbox; when a mutant loops for ever, the session ends it and starts another.
import { resolve } from 'node:path';
import { createVitest } from 'vitest/node';

const vitest = await createVitest({ watch: false, reporters: [{}], maxWorkers: '100%' });
await vitest.standalone();
for (const { config } of vitest.projects) {
  // Otherwise only the first file of a process would reach what a module does when it is loaded.
  config.isolate = true;
  config.setupFiles = [resolve('.ci/mutants/report-reached.mjs'), ...config.setupFiles];
}

/** Runs test files, and forgets the results of earlier runs, which Vitest would report again. */
async function run(specifications) {
  vitest.state.filesMap.clear();
  vitest.state.errorsSet.clear();
  return vitest.runTestSpecifications(specifications);
}

/** The title of the first test that failed in a run; undefined when all passed. */
function firstFailure({ testModules, unhandledErrors }) {
  for (const module of testModules) {
    for (const test of module.children.allTests('failed')) return test.fullName;
    if (!module.ok()) return `${module.relativeModuleId} as a whole`;
  }
  return unhandledErrors.length > 0 ? 'an unhandled error' : undefined;
}

const answers = {
  /** Runs every test file of these packages that imports one of these sources. */
  async related({ files, packages }) {
    vitest.config.related = files.map((file) => resolve(file));
    const specifications = await vitest.getRelevantTestSpecifications(packages);
    vitest.config.related = undefined;
    const { testModules } = await run(specifications);
    return testModules.map((module) => ({
      file: module.moduleId,
      durationMs: module.diagnostic().duration,
      failure: firstFailure({ testModules: [module], unhandledErrors: [] }),
    }));
  },

  /** Runs these test files in order, until one fails. `changed` are the sources that differ from the last run. */
  async run({ tests, changed }) {
    for (const file of changed) vitest.invalidateFile(resolve(file));
    for (const file of tests) {
      const specifications = vitest.getModuleSpecifications(file);
      const found = specifications.length > 0 ? specifications : await vitest.globTestSpecifications([file]);
      const failure = firstFailure(await run(found));
      if (failure) return { failure };
    }
    return {};
  },
};

process.on('message', ({ question, content }) => {
  answers[question](content).then(
    (answer) => process.send(answer),
    (error) => process.send({ failure: `Vitest itself: ${error.message}` }),
  );
});
process.on('disconnect', () => process.exit());
process.send({ isReady: true });
