import { test } from '@playwright/test';
import { ExampleApps, type BackendName } from './support/example-apps.ts';
import { expectCallOfTwo } from './support/example-call.ts';

/** The apps of `demo/examples`, each with the back end that lets its users in. */
const apps: readonly (readonly [app: string, backend: BackendName])[] = [
  ['react-19', 'node'],
  ['vue', 'python'],
  ['svelte', 'node'],
  ['plain', 'python'],
  ['react-18', 'node'],
  ['angular', 'python'],
];
/** Those that need other versions of what the others use. */
const apart = ['react-18', 'angular'];

let examples: ExampleApps;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  const together = apps.map(([app]) => app).filter((app) => !apart.includes(app));
  examples = await ExampleApps.start(together, apart);
});

test.afterAll(async () => {
  await examples.close();
});

for (const [app, backend] of apps) {
  test(`two people see each other in the example ${app}, whose back end is in ${backend}`, async ({
    browser,
  }) => {
    await expectCallOfTwo(browser, await examples.serve(app, backend));
  });
}
