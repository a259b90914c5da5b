import type { Right } from '../actor.ts';

/** What a client or user may be. In a token's `authorities` they carry the prefix `ROLE_` (reference, section 5). */
export type Role = 'SERVICE' | 'SUPERVISOR' | 'AGENT' | 'USER' | 'CUSTOMER';

const staff: readonly Right[] = [
  'create-conference',
  'list-conferences',
  'end-any-conference',
  'manage-tickets',
];

/** Who may do what beyond joining, publishing and viewing. CUSTOMER is whoever logs in with a ticket. */
const rightsOfRole: Readonly<Record<Role, readonly Right[]>> = {
  SERVICE: [...staff, 'set-any-interaction', 'send-event', 'name-organization'],
  SUPERVISOR: staff,
  AGENT: staff,
  USER: ['create-conference', 'list-conferences'],
  CUSTOMER: [],
};

/** The roles there are. */
export const roles: readonly Role[] = Object.keys(rightsOfRole) as Role[];

/** Whether a text names a role. */
export function isRole(text: string): text is Role {
  return Object.hasOwn(rightsOfRole, text);
}

/** Roles as a token carries them. */
export function authoritiesOf(held: readonly Role[]): readonly string[] {
  return held.map((role) => `ROLE_${role}`);
}

/** The rights behind a token's authorities; unknown ones give none. */
export function rightsOf(authorities: readonly string[]): ReadonlySet<Right> {
  const named = authorities.map((authority) => authority.replace(/^ROLE_/, ''));
  return new Set(named.filter(isRole).flatMap((role) => rightsOfRole[role]));
}
