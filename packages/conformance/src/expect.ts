import { isDeepStrictEqual } from 'node:util';
import type { Answer } from './api/caller.ts';
import { BreachError } from './breach.ts';

/** The answer must have one of these statuses. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): void {
  if (statuses.includes(answer.status)) return;
  throw new BreachError({
    subject: `status of ${answer.operationId}`,
    expected: statuses.join(' or '),
    came: `${answer.status} ${show(answer.body ?? answer.text)}`,
  });
}

/** The value must equal, deeply. */
export function expectEqual(subject: string, came: unknown, expected: unknown): void {
  if (isDeepStrictEqual(came, expected)) return;
  throw new BreachError({ subject, expected: show(expected), came: show(came) });
}

/** The condition must hold; `expected` says it in words. */
export function expectThat(subject: string, holds: boolean, expected: string, came: unknown): asserts holds {
  if (!holds) throw new BreachError({ subject, expected, came: show(came) });
}

/** The value must be a text that is not empty. */
export function expectText(subject: string, came: unknown): asserts came is string {
  expectThat(subject, typeof came === 'string' && came !== '', 'a text that is not empty', came);
}

const shownLength = 300;

/** A value as a report shows it: JSON, cut off when it is long. */
function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
