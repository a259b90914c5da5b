import { expect, it } from 'vitest';
import { Clients } from './clients.ts';

const clients = new Clients([{ id: 'backend', secret: 'north', roles: ['SERVICE'] }]);

it('knows configured clients and the public one by id and secret', () => {
  expect(clients.authenticate('backend', 'north')).toMatchObject({ roles: ['SERVICE'] });
  expect(clients.authenticate('customer', '')).toEqual({ id: 'customer', secret: '', roles: [] });
  expect(['backend', 'customer', 'other', ''].map((id) => clients.has(id))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it.each([
  ['backend', 'south'],
  ['backend', ''],
  ['backend', 'north '],
  ['backend', 'nobody has this secret'],
  ['customer', 'x'],
  ['other', ''],
  ['other', 'nobody has this secret'],
  ['', ''],
  ['toString', ''],
])('refuses %j with the secret %j', (id, secret) => {
  expect(() => clients.authenticate(id, secret)).toThrow(expect.objectContaining({ code: 'invalid_client' }));
});
