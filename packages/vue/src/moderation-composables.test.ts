import { Conference } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, shallowRef, type EffectScope } from 'vue';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { FakeServer } from '../../testing/src/server/fake-server.ts';
import { useConference, useModeration, useWaitingRoom } from './index.ts';

let server: FakeServer;
let host: Conference;
let scope: EffectScope;

beforeEach(async () => {
  server = new FakeServer();
  server.hasModeration = true;
  server.moderation.permit('host', { moderate: true });
  host = await joinAs(server, 'host');
  scope = effectScope();
});
afterEach(async () => {
  scope.stop();
  vi.restoreAllMocks();
  await host.leave();
});

function run<Result>(use: () => Result): Result {
  const result = scope.run(use);
  if (result === undefined) throw new Error('The scope is stopped.');
  return result;
}

it('shows whether we may moderate and whether the door is closed, with the commands', async () => {
  const conference = shallowRef<Conference>();
  const { canModerate, lock, lobby, moderation } = run(() => useModeration(conference));
  expect([canModerate.value, lock.value, lobby.value, moderation.value]).toEqual([
    false,
    undefined,
    undefined,
    undefined,
  ]);
  conference.value = host;
  expect(canModerate.value).toBe(true);
  await moderation.value?.lock();
  await expect.poll(() => lock.value?.lockedBy.userId).toBe('host');
  await moderation.value?.openLobby({ message: 'Soon' });
  await expect.poll(() => lobby.value?.message).toBe('Soon');
  server.changePermissions('host', { moderate: false }, { userId: 'x', userEndpointId: 'x' });
  await expect.poll(() => canModerate.value).toBe(false);
});

it('lists guests until the scope ends, and decides about them', async () => {
  await host.moderation.openLobby();
  const { guests, admitAll, deny } = run(() => useWaitingRoom(() => host));
  const eve = joinAs(server, 'eve').catch((error: unknown) => error);
  await expect.poll(() => guests.value.map(({ userId }) => userId)).toEqual(['eve']);
  const bob = joinAs(server, 'bob');
  await expect.poll(() => guests.value.length).toBe(2);
  await deny.value?.(guests.value[0]?.endpointId ?? '', { message: 'No' });
  expect(await eve).toMatchObject({ code: 'ERR_ENTRY_DENIED' });
  await admitAll.value?.();
  const inside = await bob;
  await expect.poll(() => guests.value).toEqual([]);
  scope.stop();
  const asked = server.callsOf('getWaiting').length;
  server.moderation.change();
  await inside.leave();
  expect(server.callsOf('getWaiting')).toHaveLength(asked);
});

it.each([
  ['admitted', 'joined'],
  ['denied', 'failed'],
])('shows that we wait, with the message of the host, until we are %s', async (how, outcome) => {
  vi.stubGlobal('window', globalThis);
  vi.spyOn(Conference, 'join').mockImplementation(({ server: _server, token: _token, ...rest }) =>
    joinAs(server, 'me', rest),
  );
  await host.moderation.openLobby({ message: 'Soon' });
  const { status, waiting } = run(() => useConference({ server: 's', conferenceId: 'room', token: 't' }));
  expect(status.value).toBe('joining');
  await expect.poll(() => [status.value, waiting.value?.message]).toEqual(['waiting', 'Soon']);
  if (how === 'admitted') await host.waitingRoom.admitAll();
  else await host.waitingRoom.deny(server.moderation.guests.map(({ userEndpointId }) => userEndpointId));
  await expect.poll(() => [status.value, waiting.value]).toEqual([outcome, undefined]);
  vi.unstubAllGlobals();
});
