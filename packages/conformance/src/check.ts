import type { Rule } from './rule.ts';
import type { Stage } from './stage.ts';

/** Something a server may offer beyond the 20 operations of the page, or something the user must ask for. */
export type Need = 'user endpoints' | 'tickets' | 'ICE servers' | 'view updates' | 'media';

/** One statement about the server under test. */
export interface Check {
  /** Stable name, `group/what`. */
  readonly id: string;
  /** What holds when the check passes. */
  readonly sentence: string;
  readonly rule: Rule;
  /** What must be there; the check is skipped without it. */
  readonly needs?: readonly Need[];
  /** Throws a `BreachError` when the server breaks the rule, a `SkipError` when that cannot be told. */
  readonly run: (stage: Stage) => Promise<void>;
}

/** A check with its group in front of its name. */
export function group(name: string, checks: readonly Check[]): readonly Check[] {
  return checks.map((check) => ({ ...check, id: `${name}/${check.id}` }));
}
