import { expect, test, vi } from 'vitest';
import { aJwt } from '../testing/a-jwt.ts';
import type { FakeServer } from '../testing/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { joinConference } from './join-conference.ts';
import { selectPermissions } from './select-permissions.ts';
import { watchToken } from './token-watch.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

async function permissionsWith(...authorities: readonly string[]) {
  const ada = await joinAs(server, 'ada', { token: aJwt({ sub: 'ada', authorities }) });
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

test('roles add up, and who made the conference may end it', async () => {
  if (server.conference) server.conference = { ...server.conference, creator: 'ada' };
  expect(allowed(await permissionsWith('ROLE_CUSTOMER', 'ROLE_USER'))).toEqual([
    'isCreator',
    'canEnd',
    'canCreate',
  ]);
});

test('another token changes the state, and as long as it is the same the same object comes back', async () => {
  const tokens = [['ROLE_USER'], ['ROLE_AGENT']].map((authorities) => aJwt({ authorities }));
  const access = watchToken(() => tokens.shift() ?? '');
  const fetchToken = access.source as () => Promise<string>;
  await fetchToken();
  const session = await joinConference(server.api('ada'), { conferenceId: 'room', access });
  const permissions = () => selectPermissions(session.store.getSnapshot());
  const before = permissions();
  expect(before.canEnd).toBe(false);
  await session.metadata.change('topic', 'birds');
  await vi.advanceTimersByTimeAsync(0);
  expect(session.store.version).toBe(2);
  expect(permissions()).toBe(before);
  await fetchToken();
  expect(permissions().canEnd).toBe(true);
  await session.leave({});
});
