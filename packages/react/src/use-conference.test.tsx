import { Conference, type JoinOptions } from '@parley-rtc/sdk';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { broken, FakeServer } from '../../testing/src/server/fake-server.ts';
import { useConference } from './index.ts';

let join: MockInstance<typeof Conference.join>;
let servers: Record<string, FakeServer>;
const toRoom = (conferenceId: string): JoinOptions => ({
  server: 'https://rtc.example.com',
  conferenceId,
  token: 'token',
});

beforeEach(() => {
  servers = { blue: new FakeServer('blue'), red: new FakeServer('red') };
  join = vi
    .spyOn(Conference, 'join')
    .mockImplementation(({ server: _server, token: _token, ...rest }) =>
      joinAs(roomOf(rest.conferenceId), 'me', rest),
    );
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function roomOf(conferenceId: string): FakeServer {
  const server = servers[conferenceId];
  if (!server) throw new Error(`No room ${conferenceId}.`);
  return server;
}
const participantsIn = (room: string) => roomOf(room).conference?.participants.length;

function Room({ options }: { readonly options: JoinOptions | undefined }): React.ReactNode {
  const { conference, status, error } = useConference(options);
  const leave = () => void conference?.leave();
  return (
    <button type="button" onClick={leave}>
      {[status, conference?.id, error?.code].filter(Boolean).join(' ')}
    </button>
  );
}
const seen = () => screen.getByRole('button').textContent;
const expectSeen = (text: string) => waitFor(() => expect(seen()).toBe(text));

it('joins once under StrictMode, without a second participant', async () => {
  render(<Room options={toRoom('blue')} />, { wrapper: StrictMode });
  expect(seen()).toBe('joining');
  await expectSeen('joined blue');
  expect(participantsIn('blue')).toBe(1);
  expect(roomOf('blue').callsOf('join')).toHaveLength(1);
  expect(roomOf('blue').endpoints.size).toBe(1);
});

it('leaves on unmount', async () => {
  const { unmount } = render(<Room options={toRoom('blue')} />);
  await expectSeen('joined blue');
  unmount();
  await waitFor(() => expect(participantsIn('blue')).toBe(0));
  expect(roomOf('blue').endpoints.size).toBe(0);
});

it('leaves the conference when it is unmounted while joining', async () => {
  let isGone = false;
  roomOf('blue').intercept = async ({ operation }) => {
    if (operation === 'getConference') await vi.waitUntil(() => isGone);
  };
  const { unmount } = render(<Room options={toRoom('blue')} />);
  await waitFor(() => expect(participantsIn('blue')).toBe(1));
  unmount();
  isGone = true;
  await waitFor(() => expect(participantsIn('blue')).toBe(0));
});

it('reports that the user left, or that the conference ended for all participants', async () => {
  const { rerender } = render(<Room options={toRoom('blue')} />);
  await expectSeen('joined blue');
  screen.getByRole('button').click();
  await expectSeen('left blue');

  rerender(<Room options={toRoom('red')} />);
  await expectSeen('joined red');
  const host = await joinAs(roomOf('red'), 'host', { conferenceId: 'red' });
  await host.end();
  await expectSeen('ended red');
});

it('switches to another conference when the options change, and to none without options', async () => {
  const { rerender } = render(<Room options={toRoom('blue')} />);
  await expectSeen('joined blue');
  rerender(<Room options={toRoom('red')} />);
  expect(seen()).toBe('joining');
  await expectSeen('joined red');
  await waitFor(() => expect(participantsIn('blue')).toBe(0));
  rerender(<Room options={undefined} />);
  expect(seen()).toBe('idle');
  await waitFor(() => expect(participantsIn('red')).toBe(0));
});

it('stays joined when a render passes new options for the same conference', async () => {
  const { rerender } = render(<Room options={toRoom('blue')} />);
  await expectSeen('joined blue');
  rerender(<Room options={{ ...toRoom('blue'), token: 'another' }} />);
  await expectSeen('joined blue');
  expect(roomOf('blue').callsOf('join')).toHaveLength(1);
});

it('reports why joining failed, and joins again after a render without options', async () => {
  roomOf('blue').intercept = ({ operation }) => {
    if (operation === 'join') throw broken('join');
  };
  const { rerender } = render(<Room options={toRoom('blue')} />);
  await expectSeen('failed ERR_CONNECTION');
  roomOf('blue').intercept = () => {};
  rerender(<Room options={undefined} />);
  rerender(<Room options={toRoom('blue')} />);
  await expectSeen('joined blue');
});

it('forgets why joining failed when the options are removed', async () => {
  roomOf('blue').intercept = ({ operation }) => {
    if (operation === 'join') throw broken('join');
  };
  const { rerender } = render(<Room options={toRoom('blue')} />);
  await expectSeen('failed ERR_CONNECTION');
  roomOf('blue').intercept = () => new Promise(() => {});
  rerender(<Room options={undefined} />);
  rerender(<Room options={toRoom('blue')} />);
  expect(seen()).toBe('joining');
});

it("fails when the app's own signal aborts", async () => {
  render(<Room options={{ ...toRoom('blue'), signal: AbortSignal.abort() }} />);
  await expectSeen('failed ERR_ABORTED');
});

it('does not join during server-side rendering', () => {
  expect(renderToString(<Room options={toRoom('blue')} />)).toContain('joining');
  expect(join).not.toHaveBeenCalled();
});
