import type { JsonObject } from '@parley-rtc/contract';
import { RefusalError } from '../refusal.ts';
import { parseJsonPath, replaceSelected } from './json-path.ts';

/**
 * The copy of an event that may be stored or logged: what the masks select is hidden (decision 30). Text becomes as
 * many asterisks; anything else, which no mask should select, becomes `***` rather than being shown.
 *
 * Refused with `invalid_request` when a mask is no path that this server reads. A path that selects nothing is fine.
 */
export function maskEvent(event: JsonObject, masks: readonly string[]): JsonObject {
  const masked = structuredClone(event);
  for (const [index, mask] of masks.entries()) {
    const steps = parseJsonPath(mask);
    if (!steps || steps.length === 0) {
      throw new RefusalError(
        'invalid_request',
        `masks[${index}] is not a path that this server reads. Use names, indexes and *, as in $.customer.cards[*].number or $..email.`,
      );
    }
    replaceSelected(masked, steps, hidden);
  }
  return masked;
}

function hidden(value: unknown): string {
  return typeof value === 'string' ? '*'.repeat(value.length) : '***';
}
