import type { ConferenceLeftEvent } from '@parley-rtc/contract';
import { moderatorOf } from '../moderator.ts';
import type { Removal } from '../state/conference-store.ts';

/** Reads why a participant left, or how it was removed. */
export function departureOf({ reason, removedBy, isBanned = false }: ConferenceLeftEvent): Removal {
  return { reason, removedBy: removedBy && moderatorOf(removedBy), isBanned };
}
