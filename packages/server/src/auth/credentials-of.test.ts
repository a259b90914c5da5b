import { expect, it } from 'vitest';
import { credentialsOf } from './credentials-of.ts';

const form = { grant_type: 'client_credentials', client_id: 'id', client_secret: 'secret' } as const;
const bare = { grant_type: 'client_credentials' } as const;

it.each([
  [form, undefined, 'id', 'secret'],
  [bare, undefined, '', ''],
  [bare, `Basic ${btoa('one:two')}`, 'one', 'two'],
  [form, `basic  ${btoa('one:two')}`, 'one', 'two'],
  [form, `Basic ${btoa('one:two:three')}`, 'one', 'two:three'],
  [form, `Basic ${btoa('customer')}`, 'customer', ''],
  [form, `Basic ${btoa(':two')}`, '', 'two'],
  [form, 'Bearer x', 'id', 'secret'],
  [form, 'Basic ', 'id', 'secret'],
  [form, 'Basic a b', 'id', 'secret'],
])('reads %j with %j', (request, authorization, id, secret) => {
  expect(credentialsOf(request, authorization)).toEqual({ id, secret });
});
