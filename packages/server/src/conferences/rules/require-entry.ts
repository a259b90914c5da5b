import { LOBBY_KEY, LOCKED_KEY, type ConferenceState } from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { permissionsOf } from './permissions.ts';
import type { RuleContext } from './rule-context.ts';
import type { Removal } from './standing.ts';

type Visitor = Pick<RuleContext, 'actor' | 'standing'>;

/** Refuses with `banned`, `locked` or `lobby` a user who may not enter. */
export function requireEntry(state: ConferenceState, visitor: Visitor): void {
  const refusal = refusalToEnter(state, visitor);
  if (refusal) throw refusal;
}

/** As {@link requireEntry}, except for users inside: what happens behind a closed door is for them alone. */
export function requireReadable(state: ConferenceState, visitor: Visitor): void {
  const refusal = refusalToRead(state, visitor);
  if (refusal) throw refusal;
}

/** Why a user may not read what happens in the conference; undefined for one who may. */
export function refusalToRead(state: ConferenceState, visitor: Visitor): RefusalError | undefined {
  const isInside = state.participants.some(({ id }) => visitor.standing.owns(id));
  return isInside && !visitor.standing.isBanned ? undefined : refusalToEnter(state, visitor);
}

function refusalToEnter(state: ConferenceState, visitor: Visitor): RefusalError | undefined {
  if (visitor.standing.isBanned) {
    return new RefusalError('banned', 'A moderator banned you from this conference. Do not try again.');
  }
  if (!isDoorClosed(state) || hasFreeEntry(state, visitor)) return undefined;
  if (visitor.standing.loginRemoval) return removedBecause(visitor.standing.loginRemoval);
  if (Object.hasOwn(state.metadata, LOCKED_KEY)) {
    return new RefusalError('locked', 'The conference is locked. Try again after a moderator unlocked it.');
  }
  return new RefusalError(
    'lobby',
    'The conference has a waiting room. Call requestEntry until a moderator admits you, then join.',
  );
}

/** Whether not everybody may enter. */
export function isDoorClosed({ metadata }: ConferenceState): boolean {
  return Object.hasOwn(metadata, LOCKED_KEY) || Object.hasOwn(metadata, LOBBY_KEY);
}

/** Whether a moderator must admit this user first. */
export function isWaitingRequired(state: ConferenceState, visitor: Visitor): boolean {
  const isWaiting = Object.hasOwn(state.metadata, LOBBY_KEY) && !hasFreeEntry(state, visitor);
  return isWaiting && !visitor.standing.isBanned;
}

/** Refuses with `removed` an endpoint, or a login, that a moderator removed. */
export function requireNotRemoved(endpointId: string, { standing }: Pick<Visitor, 'standing'>): void {
  const removal = standing.removalOf(endpointId);
  // Who is banned, hears of that.
  if (!removal || standing.isBanned) return;
  throw removedBecause(removal);
}

function removedBecause({ reason }: Removal): RefusalError {
  const because = reason === undefined ? '' : ` (${reason})`;
  return new RefusalError(
    'removed',
    `A moderator removed you from this conference${because}. Do not try again automatically.`,
  );
}

/** Whether this user enters although the conference is locked or has a waiting room. */
function hasFreeEntry(state: ConferenceState, visitor: Visitor): boolean {
  const { loginRemoval, mayReturn } = visitor.standing;
  return !loginRemoval && (mayReturn || permissionsOf(state, visitor).moderate);
}
