import { describe, expect, it, vi } from 'vitest';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { selectLobby, selectLock } from '../conventions/admission.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { Moderation } from './moderation.ts';

let server: FakeServer;
let ada: Conference;
let host: Conference;

useFakeConference(async (fakes) => {
  ({ server } = fakes);
  server.hasModeration = true;
  server.moderation.permit('host', { moderate: true });
  ada = await joinAs(server, 'ada');
  host = await joinAs(server, 'host');
});

const byHost = () => ({ userId: 'host', endpointId: host.endpointId });
const isInside = (id: string) => server.conference?.participants.some((participant) => participant.id === id);

/** Every command, for one participant. */
const all = (moderation: Moderation, id: string) => ({
  remove: () => moderation.remove(id),
  mute: () => moderation.mute(id, 'audio'),
  setPermissions: () => moderation.setPermissions(id, { send: false }),
  lock: () => moderation.lock(),
  unlock: () => moderation.unlock(),
  openLobby: () => moderation.openLobby(),
  closeLobby: () => moderation.closeLobby(),
});
const names = ['remove', 'mute', 'setPermissions', 'lock', 'unlock', 'openLobby', 'closeLobby'] as const;

describe('removing', () => {
  it('tells the server why, and whether to ban', async () => {
    await host.moderation.remove(ada.endpointId, { reason: 'Spam', ban: true });
    expect(server.callsOf('removeParticipant')).toMatchObject([
      { participantId: ada.endpointId, reason: 'Spam', ban: true, userEndpointId: host.endpointId },
    ]);
    await settle();
    expect(ada.state.getSnapshot().removal).toEqual({ reason: 'Spam', removedBy: byHost(), isBanned: true });
  });

  it('is done when the participant has gone, also by an earlier request whose answer was lost', async () => {
    await host.moderation.remove(ada.endpointId);
    await host.moderation.remove(ada.endpointId);
    await host.moderation.remove('nobody');
    expect(isInside(ada.endpointId)).toBe(false);
  });

  it('does not claim to have banned somebody whom the server no longer knows', async () => {
    const refusal = await rejectionOf(host.moderation.remove('nobody', { ban: true }));
    expect(refusal).toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('refuses to remove ourselves', async () => {
    const refusal = await rejectionOf(host.moderation.remove(host.endpointId));
    expect(refusal).toMatchObject({ code: 'ERR_INVALID_OPTIONS', hint: 'Call `leave()` instead.' });
    expect(server.callsOf('removeParticipant')).toEqual([]);
  });

  it('may remove another endpoint of our user', async () => {
    const phone = await joinAs(server, 'host');
    await host.moderation.remove(phone.endpointId);
    expect(isInside(phone.endpointId)).toBe(false);
    expect(isInside(host.endpointId)).toBe(true);
  });
});

it('mutes one stream or all of a kind', async () => {
  const first = await ada.publishStream({ microphone: true });
  const second = await ada.publishStream({ microphone: true });
  await settle();
  await host.moderation.mute(ada.endpointId, 'audio', { streamId: second.id });
  await settle();
  expect([first.isMuted('audio'), second.isMuted('audio')]).toEqual([false, true]);
  await host.moderation.mute(ada.endpointId, 'audio');
  await settle();
  expect([first.mutedBy('audio'), second.mutedBy('audio')]).toEqual([byHost(), byHost()]);
  const gone = await rejectionOf(host.moderation.mute('nobody', 'audio'));
  expect(gone).toMatchObject({ code: 'ERR_NOT_FOUND' });
});

it('changes what a participant may do', async () => {
  const heard = listenTo(ada);
  await settle();
  await host.moderation.setPermissions(ada.endpointId, { publish: ['MIC'], send: false });
  await settle();
  expect(heard).toContain('permissions-changed ada MIC true false host');
  expect(await rejectionOf(ada.publishStream({ camera: true }))).toMatchObject({ code: 'ERR_NOT_PERMITTED' });
});

it('locks and unlocks, and says who did it and since when', async () => {
  const lock = () => selectLock(ada.state.getSnapshot());
  expect(lock()).toBeUndefined();
  await host.moderation.lock();
  await settle();
  expect(lock()).toEqual({ lockedBy: byHost(), lockedSince: new Date(Date.now()).toISOString() });
  expect(lock()).toBe(lock());
  expect(await rejectionOf(joinAs(server, 'eve'))).toMatchObject({ code: 'ERR_CONFERENCE_LOCKED' });
  await ada.leave();
  await joinAs(server, 'ada');
  await host.moderation.unlock();
  await settle();
  expect(selectLock(host.state.getSnapshot())).toBeUndefined();
  await joinAs(server, 'eve');
});

const lobby = () => selectLobby(ada.state.getSnapshot());

it('opens the waiting room, changes its message, and closes it', async () => {
  expect(lobby()).toBeUndefined();
  await host.moderation.openLobby();
  await settle();
  expect(lobby()).toEqual({ message: undefined, changedBy: byHost() });
  await host.moderation.openLobby({ message: 'Soon' });
  await settle();
  expect(lobby()).toEqual({ message: 'Soon', changedBy: byHost() });
  await host.moderation.openLobby();
  await settle();
  expect(lobby()?.message).toBe('Soon');
  expect(lobby()).toBe(lobby());
  await host.moderation.openLobby({ message: '' });
  await settle();
  expect(lobby()?.message).toBeUndefined();
  await host.moderation.closeLobby();
  await settle();
  expect(lobby()).toBeUndefined();
});

describe.each(names)('%s', (name) => {
  it('rejects without the right to moderate', async () => {
    expect(await rejectionOf(all(ada.moderation, host.endpointId)[name]())).toMatchObject({
      code: 'ERR_NOT_PERMITTED',
      right: 'moderate',
    });
  });

  it('rejects on a server without moderation', async () => {
    server.hasModeration = false;
    const bob = await joinAs(server, 'bob');
    server.conference = server.conference && {
      ...server.conference,
      participants: server.conference.participants.map(({ permissions: _, ...participant }) => participant),
    };
    expect(await rejectionOf(all(bob.moderation, ada.endpointId)[name]())).toMatchObject({
      code: 'ERR_UNSUPPORTED_BY_SERVER',
      extension: 'moderation',
    });
  });

  it('waits while we are rejoining', async () => {
    const calls = server.calls.length;
    let isDown = true;
    server.intercept = ({ operation }) => {
      if (isDown && operation === 'registerUserEndpoint') throw broken(operation);
    };
    server.endpoints.delete(host.endpointId);
    server.removeEndpoint(host.endpointId);
    await settle();
    const done = all(host.moderation, ada.endpointId)[name]();
    await settle();
    const operations = () => server.calls.slice(calls).map(({ operation }) => operation);
    expect(operations()).not.toContain('updateAdmission');
    isDown = false;
    await vi.advanceTimersByTimeAsync(5_000);
    await done;
    expect(operations()).toContain('join');
  });

  it('rejects after leaving', async () => {
    await host.leave();
    expect(await rejectionOf(all(host.moderation, ada.endpointId)[name]())).toMatchObject({
      code: 'ERR_NOT_JOINED',
    });
  });
});
