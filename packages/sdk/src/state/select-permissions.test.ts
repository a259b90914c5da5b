import { expect, it } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinConference } from '../conference/join-conference.ts';
import { TokenWatch } from '../conference/token-watch.ts';
import { joinAs } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { selectPermissions } from './select-permissions.ts';

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

/** What the token's roles and the creator of the conference decide. */
const byRole = ['isCreator', 'canEnd', 'canCreate', 'canManageTickets', 'canSendEvents'];

const allowed = (permissions: object) =>
  Object.entries(permissions)
    .filter(([name, isAllowed]) => isAllowed && byRole.includes(name))
    .map(([name]) => name);

it.each([
  ['ROLE_CUSTOMER', []],
  ['ROLE_UNHEARD_OF', []],
  ['ROLE_USER', ['canCreate']],
  ['ROLE_AGENT', ['canEnd', 'canCreate', 'canManageTickets']],
  ['ROLE_SUPERVISOR', ['canEnd', 'canCreate', 'canManageTickets']],
  ['ROLE_SERVICE', ['canEnd', 'canCreate', 'canManageTickets', 'canSendEvents']],
  ['SERVICE', ['canEnd', 'canCreate', 'canManageTickets', 'canSendEvents']],
])('%s has the permissions that the server grants that role', async (authority, may) => {
  expect(allowed(await permissionsWith(authority))).toEqual(may);
});

it('a token for one conference cannot create another, whatever its roles', async () => {
  const claims = { authorities: ['ROLE_AGENT'], conference_id: 'room' };
  const ada = await joinAs(server, 'ada', { claims });
  expect(allowed(selectPermissions(ada.state.getSnapshot()))).toEqual(['canEnd', 'canManageTickets']);
  await ada.leave();
});

it('combines roles, and lets the creator end the conference', async () => {
  if (server.conference) server.conference = { ...server.conference, creator: 'ada' };
  expect(allowed(await permissionsWith('ROLE_CUSTOMER', 'ROLE_USER'))).toEqual([
    'isCreator',
    'canEnd',
    'canCreate',
  ]);
});

it('grants nothing for a conference that another user created, or whose creator is unknown', async () => {
  const ada = await joinAs(server, 'ada', { claims: { authorities: ['ROLE_CUSTOMER'] } });
  const snapshot = ada.state.getSnapshot();
  const createdBy = (creator: string | undefined, endpointId: string = ada.endpointId) =>
    allowed(selectPermissions({ ...snapshot, endpointId, conference: { ...snapshot.conference, creator } }));
  expect(createdBy('ada')).toEqual(['isCreator', 'canEnd']);
  expect(createdBy('bob')).toEqual([]);
  expect(createdBy(undefined)).toEqual([]);
  // The server has dropped our endpoint.
  expect(createdBy(undefined, 'dropped')).toEqual([]);
  await ada.leave();
});

it('follows a new token, and returns the same object for equal permissions', async () => {
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

it.each([
  {},
  { authorities: 'ROLE_SERVICE' },
  { authorities: [null, 7] },
  { scope: 'SERVICE', roles: ['SERVICE'], permissions: ['SERVICE'] },
])('a token without roles (%j) permits nothing', async (claims) => {
  const ada = await joinAs(server, 'ada', { claims });
  expect(allowed(selectPermissions(ada.state.getSnapshot()))).toEqual([]);
  await ada.leave();
});

it('permits publishing, viewing and sending on a server without permissions, which cannot moderate', async () => {
  const ada = await joinAs(server, 'ada', { claims: { authorities: ['ROLE_AGENT'] } });
  expect(selectPermissions(ada.state.getSnapshot())).toMatchObject({
    publishSources: ['MIC', 'CAM', 'SCREEN'],
    canView: true,
    canSend: true,
    canModerate: false,
    canRecord: false,
  });
});

it('permits what the server permits our participant, and a moderator may end the conference', async () => {
  server.hasModeration = true;
  server.moderation.permit('ada', {
    publish: ['MIC'],
    view: false,
    send: false,
    moderate: true,
    record: true,
  });
  const ada = await joinAs(server, 'ada');
  const permissions = selectPermissions(ada.state.getSnapshot());
  expect(permissions).toEqual({
    isCreator: false,
    canEnd: true,
    canCreate: false,
    canManageTickets: false,
    canSendEvents: false,
    publishSources: ['MIC'],
    canView: false,
    canSend: false,
    canModerate: true,
    canRecord: true,
  });
  await ada.setMetadata('topic', 'x');
  expect(selectPermissions(ada.state.getSnapshot())).toBe(permissions);
});
