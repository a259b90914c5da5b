import {
  findParticipant,
  ordinaryPermissions,
  type ConferenceState,
  type Participant,
  type Permissions,
} from '@parley-rtc/contract';
import type { Actor } from '../../actor.ts';
import { RefusalError } from '../../refusal.ts';
import { isCreator } from './preconditions.ts';
import type { RuleContext } from './rule-context.ts';

/** A permission that is a yes or a no. */
type Flag = Exclude<keyof Permissions, 'publish'>;

/** Completes "may not …". */
const toDo: Readonly<Record<Flag, string>> = {
  view: 'view streams',
  send: 'send messages or change the metadata of the conference',
  moderate: 'moderate this conference',
  record: 'record this conference',
};

/** What the actor may do here: what a moderator decided, or else the token, or else the roles in it. */
export function permissionsOf(
  state: ConferenceState,
  { actor, standing }: Pick<RuleContext, 'actor' | 'standing'>,
): Permissions {
  return standing.permissions ?? actor.permissions ?? permissionsByRole(state, actor);
}

/**
 * Whether the actor may do this. For an endpoint inside, its participant's permissions count, which everyone can see. A user who
 * was removed or banned may do nothing, whatever the token says.
 */
export function isPermitted(
  state: ConferenceState,
  context: Pick<RuleContext, 'actor' | 'standing'>,
  endpointId: string,
  flag: Flag,
): boolean {
  const { isBanned, removalOf } = context.standing;
  if (isBanned || removalOf(endpointId)) return false;
  const inside = findParticipant(state, endpointId)?.permissions;
  return (inside ?? permissionsOf(state, context))[flag];
}

/** Refuses with `forbidden` when the actor may not do this; see {@link isPermitted}. */
export function requirePermission(
  ...[state, context, endpointId, flag]: Parameters<typeof isPermitted>
): void {
  if (!isPermitted(state, context, endpointId, flag)) throw notPermitted(flag);
}

/** Refuses with `forbidden` when this participant may not do this. */
export function requirePermitted({ permissions }: Participant, flag: 'view' | 'send'): void {
  // A participant of an older server has none.
  if (!(permissions ?? ordinaryPermissions)[flag]) throw notPermitted(flag);
}

function permissionsByRole(state: ConferenceState, actor: Actor): Permissions {
  const owns = isCreator(state, actor);
  return {
    ...ordinaryPermissions,
    moderate: owns || actor.rights.has('moderate'),
    record: owns || actor.rights.has('record'),
  };
}

function notPermitted(flag: Flag): RefusalError {
  return new RefusalError(
    'forbidden',
    `You may not ${toDo[flag]}. Ask a moderator for the permission "${flag}", or use a token that has it.`,
  );
}
