import type { ConferenceState, HistoryEvent } from '@parley-rtc/contract';
import type { Stamp } from './rules/rule-context.ts';

type Rule = (state: ConferenceState, stamp: Stamp) => readonly HistoryEvent[];

/**
 * The rule for an endpoint of this organization; no event elsewhere, because another organization may have an endpoint
 * with the same id.
 */
export function withinOrganization(organizationId: string, rule: Rule): Rule {
  return (state, stamp) => (state.organizationId === organizationId ? rule(state, stamp) : []);
}
