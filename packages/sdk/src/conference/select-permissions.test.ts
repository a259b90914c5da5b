import { expect, test } from 'vitest';
import type { FakeServer } from '../testing/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { joinConference } from './join-conference.ts';
import { selectPermissions } from './select-permissions.ts';
import { TokenWatch } from './token-watch.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

async function permissionsWith(...authorities: readonly string[]) {
  const ada = await joinAs(server, 'ada', { claims: { authorities } });
  const permissions = selectPermissions(ada.state.getSnapshot());
  await ada.leave();
  return permissions;
}

const allowed = (permissions: object) =>
  Object.entries(permissions)
    .filter(([, isAllowed]) => isAllowed)
    .map(([name]) => name);

test.each([
  ['ROLE_CUSTOMER', []],
  ['ROLE_UNHEARD_OF', []],
  ['ROLE_USER', ['canCreate']],
  ['ROLE_AGENT', ['canEnd', 'canCreate', 'canManageTickets']],
  ['ROLE_SUPERVISOR', ['canEnd', 'canCreate', 'canManageTickets']],
  ['ROLE_SERVICE', ['canEnd', 'canCreate', 'canManageTickets', 'canSendEvents']],
  ['SERVICE', ['canEnd', 'canCreate', 'canManageTickets', 'canSendEvents']],
])('%s may do what the server lets that role do', async (authority, may) => {
  expect(allowed(await permissionsWith(authority))).toEqual(may);
});

test('a token for one conference creates no other, whatever its roles', async () => {
  const claims = { authorities: ['ROLE_AGENT'], conference_id: 'room' };
  const ada = await joinAs(server, 'ada', { claims });
  expect(allowed(selectPermissions(ada.state.getSnapshot()))).toEqual(['canEnd', 'canManageTickets']);
  await ada.leave();
});

test('roles add up, and who made the conference may end it', async () => {
  if (server.conference) server.conference = { ...server.conference, creator: 'ada' };
  expect(allowed(await permissionsWith('ROLE_CUSTOMER', 'ROLE_USER'))).toEqual([
    'isCreator',
    'canEnd',
    'canCreate',
  ]);
});

test('another token changes the state, and as long as it says the same the same object comes back', async () => {
  const access = new TokenWatch();
  const fetched = (...authorities: readonly string[]) =>
    access.onToken({ claims: { authorities }, tookMs: 0 });
  fetched('ROLE_USER');
  const session = await joinConference(server.api('ada'), { conferenceId: 'room', access });
  const permissions = () => selectPermissions(session.store.getSnapshot());
  const before = permissions();
  expect(before.canEnd).toBe(false);
  fetched('ROLE_USER', 'ROLE_UNHEARD_OF');
  expect(permissions()).toBe(before);
  fetched('ROLE_AGENT');
  expect(permissions().canEnd).toBe(true);
  await session.leave({});
});

test.each([
  {},
  { authorities: 'ROLE_SERVICE' },
  { authorities: [null, 7] },
  { scope: 'SERVICE', roles: ['SERVICE'], permissions: ['SERVICE'] },
])('a token that names no roles (%j) permits nothing', async (claims) => {
  const ada = await joinAs(server, 'ada', { claims });
  expect(allowed(selectPermissions(ada.state.getSnapshot()))).toEqual([]);
  await ada.leave();
});
