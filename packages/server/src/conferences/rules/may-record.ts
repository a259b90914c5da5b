import type { ConferenceState } from '@parley-rtc/contract';
import type { Actor } from '../../actor.ts';
import { RefusalError } from '../../refusal.ts';
import { isCreator } from './preconditions.ts';

/** Refuses with `forbidden` when the actor may not start or stop recordings of the conference. */
export function requireMayRecord(state: ConferenceState, actor: Actor): void {
  if (actor.rights.has('moderate') || isCreator(state, actor)) return;
  throw new RefusalError(
    'forbidden',
    "Only the conference's creator and moderators may record it. Use a token with such a role.",
  );
}
