import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as policy from './recovery-policy.ts';

/** A page's text from the root of the repository, with its line breaks as spaces. */
function pageText(path: string): string {
  return readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');
}

it.each<[page: string, statement: string, inCode: number, stated: number]>([
  ['packages/sdk/README.md', 'after one second of `disconnected`', policy.iceGraceMs, 1_000],
  ['packages/sdk/README.md', 'for 30 seconds if the server answers', policy.renewalBudgetMs, 30_000],
  ['packages/sdk/README.md', 'for two minutes if it does not', policy.rejoinBudgetMs, 120_000],
  ['packages/sdk/README.md', 'After two minutes, the SDK reports', policy.rejoinBudgetMs, 120_000],
  ['docs/errors.md', 'rejoining failed for two minutes', policy.rejoinBudgetMs, 120_000],
  ['docs/errors.md', 'undone within 10 s', policy.shortestStayMs, 10_000],
  ['docs/errors.md', 'undone within 10 s twice in a row', policy.mostShortStays + 1, 2],
  ['docs/errors.md', 'has not answered for 10 s, so other participants', policy.muteDeadlineMs, 10_000],
  ['docs/publishing.md', 'has not answered for 10 s: `mute()` rejects', policy.muteDeadlineMs, 10_000],
  ['docs/publishing.md', 'tries again every 30 s', policy.refusedMuteMs, 30_000],
  ['docs/publishing.md', 'is opened again after 3 s', policy.interruptionGraceMs, 3_000],
  ['docs/server/platform.md', 'registers with `keepAliveSeconds` 15', policy.keepAliveSeconds, 15],
  ['docs/server/platform.md', 'a keep-alive every 10 seconds', policy.keepAliveIntervalMs, 10_000],
  ['docs/server/events.md', 'After 20 seconds without anything, treat', policy.pushSilenceMs, 20_000],
  ['docs/server/events.md', 'after 30 seconds of silence', policy.pollSilenceMs, 30_000],
])('%s says "%s", as the code does', (page, statement, inCode, stated) => {
  expect(pageText(page)).toContain(statement);
  expect(inCode).toBe(stated);
});

it('keeps its promise to the server even when one keep-alive is lost', () => {
  const afterLossMs = policy.keepAliveIntervalMs + policy.keepAliveRetryMs;
  expect(afterLossMs).toBeLessThan(policy.keepAliveSeconds * 1_000);
});

it('leaves the comment of a silent push, which the server sends every 15 s, time to arrive', () => {
  expect(pageText('docs/server/events.md')).toContain('a comment after 15 seconds without an event');
  expect(policy.pushSilenceMs).toBeGreaterThanOrEqual(15_000 + 3_000);
});
