import { isDeepStrictEqual } from 'node:util';
import type { Answer } from '../api/caller.ts';
import { BreachError } from '../rules/breach.ts';

/** Requires the response to have one of these statuses. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): void {
  if (statuses.includes(answer.status)) return;
  throw new BreachError({
    subject: `status of ${answer.operationId}`,
    expected: statuses.join(' or '),
    came: `${answer.status} ${show(answer.body ?? answer.text)}`,
  });
}

/** Requires deep equality. */
export function expectEqual(subject: string, came: unknown, expected: unknown): void {
  if (isDeepStrictEqual(came, expected)) return;
  throw new BreachError({ subject, expected: show(expected), came: show(came) });
}

/** Requires a condition; `expected` describes it in words. */
export function expectThat(subject: string, holds: boolean, expected: string, came: unknown): asserts holds {
  if (!holds) throw new BreachError({ subject, expected, came: show(came) });
}

/** Requires a non-empty string. */
export function expectText(subject: string, came: unknown): asserts came is string {
  expectThat(subject, typeof came === 'string' && came !== '', 'a text that is not empty', came);
}

const shownLength = 300;

/** A value as JSON for the report, truncated if it is long. */
function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
