import { expect, it } from 'vitest';
import { authoritiesOf, rightsOf } from './rights.ts';

it('gives the rights of all roles together, and none for unknown ones', () => {
  expect([...rightsOf(authoritiesOf(['USER']))]).toEqual(['create-conference', 'list-conferences']);
  expect(rightsOf(['ROLE_AGENT', 'ROLE_SERVICE']).has('send-event')).toBe(true);
  expect(rightsOf(['ROLE_AGENT']).has('send-event')).toBe(false);
  expect(rightsOf(['ROLE_CUSTOMER', 'ROLE_KING', 'ROLE_toString', '']).size).toBe(0);
});
