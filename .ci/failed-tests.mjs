// Reads from the JSON reports of the test runners which tests failed, and why.
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Each message is cut here: what a journey saw of a page can be very long. */
const messageLimit = 1_500;

/** @returns {{ title: string, message: string }[]} The failed tests of a report of Vitest, and the files that did not load. */
export function failedInVitest({ testResults }) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [{ title: file, message: readable(message) }];
    return failed.map((test) => ({
      title: `${file} › ${test.fullName}`,
      message: readable(test.failureMessages.join('\n')),
    }));
  });
}

/** @returns {{ title: string, message: string }[]} The failed journeys of a report of Playwright, and errors outside them. */
export function failedInPlaywright({ suites, errors }) {
  const outside = errors.map(({ message }) => ({
    title: 'outside the journeys',
    message: readable(message),
  }));
  return [...suites.flatMap((suite) => failedInSuite(suite, [])), ...outside];
}

function failedInSuite({ title, specs = [], suites = [] }, parents) {
  const path = [...parents, title];
  const failed = specs
    .filter(({ ok }) => !ok)
    .map((spec) => ({
      title: [...path, spec.title].join(' › '),
      message: readable(
        spec.tests
          .flatMap(({ results }) => results.flatMap(({ errors }) => errors))
          .map(({ message }) => message)
          .join('\n'),
      ),
    }));
  return [...failed, ...suites.flatMap((suite) => failedInSuite(suite, path))];
}

function readable(message = '') {
  const plain = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => !/^\s+at .*(node_modules|<anonymous>|node:internal)/.test(line))
    .join('\n')
    .trim();
  return plain.length > messageLimit ? `${plain.slice(0, messageLimit)} …` : plain;
}
