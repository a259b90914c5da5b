import { Conference } from '@parley-rtc/sdk';
import { act, cleanup, render, renderHook, screen, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { FakeServer } from '../../testing/src/server/fake-server.ts';
import { useConference, useModeration, usePermissions, useWaitingRoom } from './index.ts';

let server: FakeServer;
let host: Conference;

beforeEach(async () => {
  server = new FakeServer();
  server.hasModeration = true;
  server.moderation.permit('host', { moderate: true });
  host = await joinAs(server, 'host');
});
afterEach(async () => {
  cleanup();
  vi.restoreAllMocks();
  await host.leave();
});

const byHost = () => ({ userId: 'host', endpointId: host.endpointId });

/** A guest who joins and waits, until the returned function is called. */
function guest(userId: string): { readonly stop: () => void; readonly joining: Promise<unknown> } {
  const stop = new AbortController();
  const joining = joinAs(server, userId, { signal: stop.signal }).catch((error: unknown) => error);
  return { stop: () => stop.abort(), joining };
}

it('shows whether we may moderate and whether the door is closed, with the commands', async () => {
  const { result } = renderHook(() => useModeration(host), { wrapper: StrictMode });
  expect(result.current).toMatchObject({ canModerate: true, lock: undefined, lobby: undefined });
  const { moderation } = result.current;
  await act(async () => moderation?.lock());
  await waitFor(() => expect(result.current.lock?.lockedBy).toEqual(byHost()));
  await act(async () => moderation?.openLobby({ message: 'Soon' }));
  await waitFor(() => expect(result.current.lobby?.message).toBe('Soon'));
  await act(async () => {
    server.changePermissions('host', { moderate: false }, { userId: 'x', userEndpointId: 'x' });
  });
  await waitFor(() => expect(result.current.canModerate).toBe(false));
  expect(result.current.moderation).toBe(moderation);
});

it('is empty without a conference', () => {
  const moderation = renderHook(() => useModeration(undefined));
  expect(moderation.result.current).toMatchObject({ canModerate: false, moderation: undefined });
  const room = renderHook(() => useWaitingRoom(undefined));
  expect(room.result.current).toEqual({ guests: [], admit: undefined, admitAll: undefined, deny: undefined });
});

it('follows what a moderator permits', async () => {
  const ada = await joinAs(server, 'ada');
  const { result } = renderHook(() => usePermissions(ada));
  await act(async () => host.moderation.setPermissions(ada.endpointId, { send: false, publish: ['MIC'] }));
  await waitFor(() => expect(result.current).toMatchObject({ canSend: false, publishSources: ['MIC'] }));
  await ada.leave();
});

it('lists guests while it is mounted, and decides about them', async () => {
  await host.moderation.openLobby();
  const { result, unmount } = renderHook(() => useWaitingRoom(host), { wrapper: StrictMode });
  const eve = guest('eve');
  await waitFor(() => expect(result.current.guests).toMatchObject([{ userId: 'eve', name: 'eve' }]));
  const bob = guest('bob');
  await waitFor(() => expect(result.current.guests).toHaveLength(2));
  const [first] = result.current.guests;
  await act(async () => result.current.deny?.(first?.endpointId ?? '', { message: 'No' }));
  expect(await eve.joining).toMatchObject({ code: 'ERR_ENTRY_DENIED', hostMessage: 'No' });
  await act(async () => result.current.admitAll?.());
  const inside = await bob.joining;
  await waitFor(() => expect(result.current.guests).toEqual([]));
  unmount();
  server.moderation.change();
  const asked = server.callsOf('getWaiting').length;
  const carl = guest('carl');
  await waitFor(() => expect(server.moderation.guests).toHaveLength(1));
  expect(server.callsOf('getWaiting')).toHaveLength(asked);
  carl.stop();
  await carl.joining;
  await (inside as Conference).leave();
});

function Guest(): React.ReactNode {
  const { status, waiting, error } = useConference({ server: 's', conferenceId: 'room', token: 't' });
  return <p role="status">{[status, waiting?.message, error?.code].filter(Boolean).join(' ')}</p>;
}
const expectSeen = (text: string) => waitFor(() => expect(screen.getByRole('status').textContent).toBe(text));

it.each([
  ['admitted', 'joined'],
  ['denied', 'failed ERR_ENTRY_DENIED'],
  ['unmounted', undefined],
])('shows that we wait, with the message of the host, until we are %s', async (how, outcome) => {
  vi.spyOn(Conference, 'join').mockImplementation(({ server: _server, token: _token, ...rest }) =>
    joinAs(server, 'me', rest),
  );
  await host.moderation.openLobby({ message: 'Soon' });
  const { unmount } = render(<Guest />, { wrapper: StrictMode });
  await expectSeen('waiting Soon');
  if (how === 'admitted') await host.waitingRoom.admitAll();
  if (how === 'denied') {
    await host.waitingRoom.deny(server.moderation.guests.map(({ userEndpointId }) => userEndpointId));
  }
  if (how === 'unmounted') unmount();
  if (outcome === undefined) await waitFor(() => expect(server.moderation.guests).toEqual([]));
  else await expectSeen(outcome);
});

it('shows that a moderator removed us', async () => {
  vi.spyOn(Conference, 'join').mockImplementation(({ server: _server, token: _token, ...rest }) =>
    joinAs(server, 'me', rest),
  );
  render(<Guest />);
  await expectSeen('joined');
  const me = server.conference?.participants.find(({ userId }) => userId === 'me');
  await host.moderation.remove(me?.id ?? '');
  await expectSeen('removed');
});
