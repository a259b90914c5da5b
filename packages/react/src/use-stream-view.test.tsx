import type { Conference, PublishedStream } from '@parley-rtc/sdk';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { aMediaStream, FakeMediaStream } from '../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../testing/src/browser/fake-peer-connection.ts';
import { FakeServer, forbidden } from '../../testing/src/server/fake-server.ts';
import { useStreamView } from './index.ts';

let play: MockInstance<() => Promise<void>>;
let server: FakeServer;
let me: Conference;
let bob: Conference;
let camera: PublishedStream;
let screenShare: PublishedStream;

beforeEach(async () => {
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  vi.stubGlobal('MediaStream', FakeMediaStream);
  play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  server = new FakeServer();
  me = await joinAs(server, 'me');
  bob = await joinAs(server, 'bob');
  camera = await bob.publishStream({ mediaStream: aMediaStream('video'), type: 'CAM' });
  screenShare = await bob.publishStream({ mediaStream: aMediaStream('video'), type: 'SCREEN' });
  await vi.waitUntil(() => me.state.version === server.conference?.version);
});
afterEach(async () => {
  cleanup();
  await Promise.all([me.leave(), bob.leave()]);
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

interface TileProps {
  readonly conference?: Conference;
  readonly streamId: string | undefined;
  readonly as?: 'audio' | 'video';
}
function Tile({ conference = me, streamId, as: Element = 'video' }: TileProps): React.ReactNode {
  const { view, error, isPlaybackBlocked, retry, ref } = useStreamView(conference, streamId);
  return (
    <>
      <Element ref={ref} data-testid="media" data-viewer={view?.viewerId} />
      <p role="alert">{error?.code}</p>
      <p role="status">{isPlaybackBlocked ? 'blocked' : 'free'}</p>
      <button onClick={retry}>Retry</button>
    </>
  );
}
const element = () => screen.getByTestId<HTMLMediaElement>('media');
const viewedStreams = () => Array.from(server.views.values());
const expectShown = () => waitFor(() => expect(element().srcObject).toBeInstanceOf(FakeMediaStream));

it('views the stream, shows it in the element and stops on unmount', async () => {
  const { unmount } = render(<Tile streamId={camera.id} />);
  await expectShown();
  expect(element().dataset['viewer']).toBe(Array.from(server.views.keys())[0]);
  expect(viewedStreams()).toEqual([camera.id]);
  const shown = element();
  unmount();
  expect(shown.srcObject).toBeNull();
  await waitFor(() => expect(viewedStreams()).toEqual([]));
});

it('views once under StrictMode', async () => {
  render(<Tile streamId={camera.id} />, { wrapper: StrictMode });
  await expectShown();
  expect(server.callsOf('viewStream')).toHaveLength(1);
});

it('stops the view when it is unmounted before the server has answered', async () => {
  let isGone = false;
  server.intercept = async ({ operation }) => {
    if (operation === 'viewStream') await vi.waitUntil(() => isGone);
  };
  const { unmount } = render(<Tile streamId={camera.id} />);
  await waitFor(() => expect(server.callsOf('viewStream')).toHaveLength(1));
  unmount();
  isGone = true;
  await waitFor(() => expect(server.callsOf('stopViewStream')).toHaveLength(1));
  expect(viewedStreams()).toEqual([]);
});

it('switches to another stream, and to another element', async () => {
  const { rerender } = render(<Tile streamId={camera.id} />);
  await expectShown();
  rerender(<Tile streamId={screenShare.id} />);
  await waitFor(() => expect(viewedStreams()).toEqual([screenShare.id]));
  await expectShown();
  rerender(<Tile streamId={screenShare.id} as="audio" />);
  await expectShown();
  expect(element().tagName).toBe('AUDIO');
  expect(server.callsOf('viewStream')).toHaveLength(2);
  rerender(<Tile streamId={undefined} />);
  await waitFor(() => expect(viewedStreams()).toEqual([]));
});

it('reports a stream that does not exist, and a refusal of the server', async () => {
  const { rerender } = render(<Tile streamId="missing" />);
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('ERR_STREAM_NOT_FOUND'));
  server.intercept = ({ operation }) => {
    if (operation === 'viewStream') throw forbidden('viewStream');
  };
  rerender(<Tile streamId={camera.id} />);
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('ERR_FORBIDDEN'));
});

it('shows that the browser blocks playback, and no longer does so once a click has started it', async () => {
  // Unlike a browser's, jsdom's DOMException is not an Error of this realm.
  const refusal = Object.assign(new Error('no'), { name: 'NotAllowedError' });
  play.mockRejectedValue(refusal);
  render(<Tile streamId={camera.id} />);
  await waitFor(() => expect(screen.getByRole('status').textContent).toBe('blocked'));
  const shown = element();
  play.mockResolvedValue();
  await act(() => me.startPlayback());
  expect(screen.getByRole('status').textContent).toBe('free');
  expect(screen.getByRole('alert').textContent).toBe('');
  expect(element()).toBe(shown);
});

it('views the stream again on retry, and forgets the error', async () => {
  server.intercept = ({ operation }) => {
    if (operation === 'viewStream') throw forbidden('viewStream');
  };
  render(<Tile streamId={camera.id} />);
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('ERR_FORBIDDEN'));
  server.intercept = () => {};
  act(() => screen.getByRole('button').click());
  await expectShown();
  expect(screen.getByRole('alert').textContent).toBe('');
});

it('reports that the connection of its view failed', async () => {
  const before = new Set(FakePeerConnection.open);
  render(<Tile streamId={camera.id} />);
  await expectShown();
  const [peer] = Array.from(FakePeerConnection.open).filter((open) => !before.has(open));
  act(() => peer?.moveTo('failed'));
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('ERR_MEDIA_CONNECTION'));
});

it('reports that the connection failed also after switching to that stream', async () => {
  const { rerender } = render(<Tile streamId={camera.id} />);
  await expectShown();
  const before = new Set(FakePeerConnection.open);
  rerender(<Tile streamId={screenShare.id} />);
  await waitFor(() => expect(viewedStreams()).toEqual([screenShare.id]));
  const [peer] = Array.from(FakePeerConnection.open).filter((open) => !before.has(open));
  act(() => peer?.moveTo('failed'));
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('ERR_MEDIA_CONNECTION'));
});
