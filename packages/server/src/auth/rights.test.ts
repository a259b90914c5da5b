import { expect, it } from 'vitest';
import { authoritiesOf, isRole, rightsOf, roles, type Role } from './rights.ts';

const staff = [
  'create-conference',
  'list-conferences',
  'end-any-conference',
  'manage-tickets',
  'moderate',
  'record',
];

// The table of docs/server/rights.md, Roles.
it.each<[Role, readonly string[]]>([
  ['SERVICE', [...staff, 'set-any-interaction', 'send-event', 'name-organization']],
  ['SUPERVISOR', staff],
  ['AGENT', staff],
  ['USER', ['create-conference', 'list-conferences']],
  ['MODERATOR', ['moderate']],
  ['CUSTOMER', []],
])('%s has exactly its rights, with and without the prefix', (role, rights) => {
  for (const authority of [role, `ROLE_${role}`]) {
    expect([...rightsOf([authority])].toSorted()).toEqual([...rights].toSorted());
  }
  expect(authoritiesOf([role])).toEqual([`ROLE_${role}`]);
});

it('knows six roles', () => {
  expect([...roles].toSorted()).toEqual(['AGENT', 'CUSTOMER', 'MODERATOR', 'SERVICE', 'SUPERVISOR', 'USER']);
  expect(['AGENT', 'agent', 'toString', '', 'ROLE_AGENT'].map(isRole)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});

it('combines the rights of all roles, and ignores unknown roles', () => {
  expect([...rightsOf(authoritiesOf(['USER']))]).toEqual(['create-conference', 'list-conferences']);
  expect(rightsOf(['ROLE_AGENT', 'ROLE_SERVICE']).has('send-event')).toBe(true);
  expect(rightsOf(['ROLE_AGENT']).has('send-event')).toBe(false);
  expect(rightsOf(['ROLE_CUSTOMER', 'ROLE_KING', 'ROLE_toString', '', 'XROLE_AGENT']).size).toBe(0);
});
