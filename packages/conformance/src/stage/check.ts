import type { Rule } from '../rules/rule.ts';
import type { Need } from './server-under-test.ts';
import type { Stage } from './stage.ts';

/** One statement about the server under test. */
export interface Check {
  /** Stable id in the form `group/name`. */
  readonly id: string;
  /** What is true if the check passes. */
  readonly sentence: string;
  readonly rule: Rule;
  /** Features that the check needs; it is skipped without them. */
  readonly needs?: readonly Need[];
  /** Throws a `BreachError` if the server breaks the rule, a `SkipError` if the check does not apply. */
  readonly run: (stage: Stage) => Promise<void>;
}

/** Prefixes the ids of checks with their group. */
export function group(name: string, checks: readonly Check[]): readonly Check[] {
  return checks.map((check) => ({ ...check, id: `${name}/${check.id}` }));
}
