import { test, type Page } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { joinDemo, pageKinds } from './support/demo-call.ts';
import { expect } from './support/expect.ts';

/** The lines that Parley writes to the console of a page from now on, each with the console's method before it. */
function linesOf(page: Page): string[] {
  const lines: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('[parley:')) lines.push(`${message.type()} ${message.text()}`);
  });
  return lines;
}

test('setLogLevel typed into the console of a running call logs what it does from then on', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  const bob = await Caller.open(browser);
  const [adasLines, bobsLines] = [linesOf(ada.page), linesOf(bob.page)];
  // A server without a push, so that there is polling to be seen.
  await ada.page.route('**/push?*', (route) => route.fulfill({ status: 404, json: { error: 'not_found' } }));
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  await bob.publish(7);
  await ada.expectVideoOf(7);
  expect(adasLines).toEqual([]);

  await ada.page.evaluate(() => window.Parley.setLogLevel('debug'));
  await ada.publish(11);
  await bob.expectVideoOf(11);
  await expect
    .poll(() => adasLines)
    .toContainEqual(expect.stringMatching(/^debug \[parley:feed\] polling \{version: \d+/));
  expect(adasLines).toEqual(
    expect.arrayContaining([
      'info [parley:publish] opening',
      expect.stringMatching(
        /^debug \[parley:api\] publishStream answered \{method: post, status: 200, tookMs: \d+/,
      ),
      expect.stringMatching(/^info \[parley:publish\] open \{streamId: \S+, tookMs: \d+\}$/),
      expect.stringMatching(/^debug \[parley:publish\] connection \{streamId: \S+, state: connected\}$/),
    ]),
  );

  await ada.page.evaluate(() => window.Parley.setLogLevel('silent'));
  const count = adasLines.length;
  await Promise.all([ada.leave(), bob.leave()]);
  expect(adasLines).toHaveLength(count);
  expect(bobsLines).toEqual([]);
  await Promise.all([ada.close(), bob.close()]);
});

for (const kind of pageKinds) {
  test(`the ${kind} demo logs its call with ?log=info, and nothing without`, async ({ page }) => {
    const lines = linesOf(page);
    await joinDemo(page, kind, newRoom(), 'Ada');
    expect(lines).toEqual([]);
    await joinDemo(page, kind, newRoom(), 'Ada', { rest: '&log=info' });
    await expect
      .poll(() => lines)
      .toContainEqual(expect.stringMatching(/^info \[parley:join\] joined \{endpointId: \S+/));
  });
}
