import type { Right } from '../actor.ts';

/** The role of a client or user; `authorities` prefixes it with `ROLE_` (docs/server/platform.md, Tokens and roles). */
export type Role = 'SERVICE' | 'SUPERVISOR' | 'AGENT' | 'USER' | 'MODERATOR' | 'CUSTOMER';

const staff: readonly Right[] = [
  'create-conference',
  'list-conferences',
  'end-any-conference',
  'manage-tickets',
  'moderate',
  'record',
];

/** What each role may do beyond joining, publishing and viewing. CUSTOMER is anyone who logs in with a ticket. */
const rightsOfRole: Readonly<Record<Role, readonly Right[]>> = {
  SERVICE: [...staff, 'set-any-interaction', 'send-event', 'name-organization'],
  SUPERVISOR: staff,
  AGENT: staff,
  USER: ['create-conference', 'list-conferences'],
  MODERATOR: ['moderate'],
  CUSTOMER: [],
};

/** All roles. */
export const roles: readonly Role[] = Object.keys(rightsOfRole) as Role[];

/** Whether a text names a role. */
export function isRole(text: string): text is Role {
  return Object.hasOwn(rightsOfRole, text);
}

/** The roles as a token's `authorities` list them. */
export function authoritiesOf(held: readonly Role[]): readonly string[] {
  return held.map((role) => `ROLE_${role}`);
}

/** The rights that a token's authorities give; unknown authorities give none. */
export function rightsOf(authorities: readonly string[]): ReadonlySet<Right> {
  const named = authorities.map((authority) => authority.replace(/^ROLE_/, ''));
  return new Set(named.filter(isRole).flatMap((role) => rightsOfRole[role]));
}
