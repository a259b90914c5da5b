import type { JsonObject } from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { parseJsonPath, replaceSelected } from './json-path.ts';

/**
 * A copy of an event for storage or logs, with everything that the masks select hidden (decision 30). A string becomes
 * asterisks of the same length; any other value, which no mask should select, becomes `***`.
 *
 * Refuses with `invalid_request` a mask that is not a path this server supports. A path that selects nothing is fine.
 */
export function maskEvent(event: JsonObject, masks: readonly string[]): JsonObject {
  const masked = structuredClone(event);
  for (const [index, mask] of masks.entries()) {
    const steps = parseJsonPath(mask);
    if (!steps || steps.length === 0) {
      throw new RefusalError(
        'invalid_request',
        `masks[${index}] is not a supported path. Use names, indexes and *, as in $.customer.cards[*].number or $..email.`,
      );
    }
    replaceSelected(masked, steps, hidden);
  }
  return masked;
}

function hidden(value: unknown): string {
  return typeof value === 'string' ? '*'.repeat(value.length) : '***';
}
