import type { Conference } from '@parley-rtc/sdk';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { aMediaStream, FakeMediaStream } from '../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../testing/src/browser/fake-peer-connection.ts';
import { FakeServer } from '../../testing/src/server/fake-server.ts';
import { useConnection, usePermissions, usePlayback, useStreamView } from './index.ts';

let play: MockInstance<() => Promise<void>>;
let server: FakeServer;
let me: Conference;

beforeEach(async () => {
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  vi.stubGlobal('MediaStream', FakeMediaStream);
  play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  server = new FakeServer();
  me = await joinAs(server, 'me', { claims: { authorities: ['ROLE_AGENT'] } });
});
afterEach(async () => {
  cleanup();
  await me.leave();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const shown = () => screen.getByRole('status').textContent;
const expectShown = (text: string) => waitFor(() => expect(shown()).toBe(text));
const none: { readonly conference?: Conference } = {};

function Sound({ conference, streamId }: { readonly conference?: Conference; readonly streamId?: string }) {
  const { isBlocked, blockedStreamIds, error, start } = usePlayback(conference);
  const { ref } = useStreamView(conference, streamId);
  return (
    <>
      <video ref={ref} />
      <button role="status" onClick={() => void start()}>
        {`${isBlocked} ${blockedStreamIds.length} ${error?.code}`}
      </button>
    </>
  );
}

it('says that the browser blocks playback, and starts it from a click', async () => {
  const bob = await joinAs(server, 'bob');
  const camera = await bob.publishStream({ mediaStream: aMediaStream('video'), type: 'CAM' });
  await vi.waitUntil(() => me.state.version === server.conference?.version);
  // Unlike a browser's, jsdom's DOMException is not an Error of this realm.
  play.mockRejectedValue(Object.assign(new Error('no'), { name: 'NotAllowedError' }));
  const { rerender } = render(<Sound conference={me} streamId={camera.id} />, { wrapper: StrictMode });
  await expectShown('true 1 undefined');
  await act(async () => screen.getByRole('status').click());
  await expectShown('true 1 ERR_PLAYBACK_BLOCKED');
  play.mockResolvedValue();
  await act(async () => screen.getByRole('status').click());
  await expectShown('false 0 undefined');
  rerender(<Sound {...none} />);
  await act(async () => screen.getByRole('status').click());
  expect(shown()).toBe('false 0 undefined');
  await bob.leave();
});

function Connection({ conference }: { readonly conference?: Conference }) {
  const connection = useConnection(conference);
  return <p role="status">{connection ? `${connection.status} ${connection.sinceMs}` : 'none'}</p>;
}

it('says which connection we have, and since when', async () => {
  const joinedMs = Date.now();
  const { rerender } = render(<Connection conference={me} />, { wrapper: StrictMode });
  const [status, since] = shown()?.split(' ') ?? [];
  expect(status).toBe('connected');
  expect(Number(since)).toBeGreaterThanOrEqual(joinedMs);
  await act(() => me.leave());
  expect(shown()).toMatch(/^left \d+$/);
  rerender(<Connection {...none} />);
  expect(shown()).toBe('none');
});

function Rights({ conference }: { readonly conference?: Conference }) {
  const permissions = usePermissions(conference);
  return <p role="status">{`${permissions?.canEnd} ${permissions?.canSendEvents}`}</p>;
}

it('says what our token permits', () => {
  const { rerender } = render(<Rights conference={me} />);
  expect(shown()).toBe('true false');
  rerender(<Rights {...none} />);
  expect(shown()).toBe('undefined undefined');
});
