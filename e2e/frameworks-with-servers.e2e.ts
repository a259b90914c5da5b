import { test } from '@playwright/test';
import { ExampleApps } from './support/example-apps.ts';
import { expectCallOfTwo } from './support/example-call.ts';

/** The apps of `demo/examples` that render on a server, which is their back end, too. */
const apps = ['next', 'nuxt'];

let examples: ExampleApps;

test.beforeAll(async () => {
  test.setTimeout(600_000);
  examples = await ExampleApps.start([], apps);
});

test.afterAll(async () => {
  await examples.close();
});

// Their servers render a page for the first time.
test.beforeEach(() => test.setTimeout(120_000));

for (const app of apps) {
  test(`two people see each other in the example ${app}, built for production`, async ({ browser }) => {
    await expectCallOfTwo(browser, await examples.startServer(app));
  });
}
