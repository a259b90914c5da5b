import { expect, it, vi } from 'vitest';
import type { FakeMediaStream } from '../../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { Conference } from './conference.ts';

let server: FakeServer;
let ada: Conference;

useFakeConference(async (fakes) => {
  ({ server } = fakes);
  server.hasPush = true;
  ada = await joinAs(server, 'ada');
});

/** The server that has the stream is about to stop. */
async function ask(asked: 'PUBLISHER' | 'VIEWERS', streamId: string, viewerIds?: string[]): Promise<void> {
  server.sendOutside({
    type: 'ConferenceStreamMovingEvent',
    userId: 'ada',
    userEndpointId: ada.endpointId,
    streamId,
    asked,
    ...(viewerIds && { viewerIds }),
  });
  await settle();
}

const openPeers = () => [...FakePeerConnection.open];
const sentTracks = (peer: FakePeerConnection | undefined) => peer?.getSenders().map(({ track }) => track?.id);

/** A stream of ada's over a connection that works. */
async function publish() {
  const mine = await ada.publishStream({ camera: true, microphone: true });
  const [peer] = openPeers();
  peer?.moveTo('connected');
  await settle();
  return { mine, peer };
}

/** Bob's view of a stream of ada's; the stream's own connection is left out of {@link openPeers}. */
async function view() {
  const { mine } = await publish();
  FakePeerConnection.open.clear();
  const bob = await joinAs(server, 'bob');
  const viewed = await bob.viewStream(mine.id);
  const [peer] = openPeers();
  peer?.moveTo('connected');
  await settle();
  return { mine, bob, viewed, peer };
}

const tracksOf = (mediaStream: MediaStream) =>
  (mediaStream as unknown as FakeMediaStream).getTracks().map(({ id }) => id);
const receivedBy = (peer: FakePeerConnection | undefined) =>
  peer?.getReceivers().map(({ track }) => track.id);

it('publishes over a second connection under the same id, and ends the first a while after the second is connected', async () => {
  const { mine, peer: former } = await publish();
  const { id } = mine;
  const heard = listenTo(ada);
  await ask('PUBLISHER', id);
  expect(server.callsOf('publishStream').at(-1)).toMatchObject({
    streamId: id,
    iceRestart: true,
    moves: true,
  });
  const [, next] = openPeers();
  expect(sentTracks(next)).toEqual(sentTracks(former));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(former?.connectionState).toBe('connected');
  next?.moveTo('connected');
  await vi.advanceTimersByTimeAsync(3_900);
  expect(former?.connectionState).toBe('connected');
  await vi.advanceTimersByTimeAsync(200);
  expect(openPeers()).toEqual([next]);
  expect(mine.id).toBe(id);
  expect(heard).toEqual([]);
});

it('tries again while no server takes the stream, and sends over the first connection meanwhile', async () => {
  const { mine, peer: former } = await publish();
  let failures = 1;
  server.intercept = ({ operation }) => {
    if (operation === 'publishStream' && failures > 0) {
      failures -= 1;
      throw broken(operation);
    }
  };
  await ask('PUBLISHER', mine.id);
  await vi.advanceTimersByTimeAsync(5_000);
  const restarts = server.callsOf('publishStream') as readonly { readonly iceRestart?: boolean }[];
  expect(restarts.filter(({ iceRestart }) => iceRestart).length).toBeGreaterThan(1);
  expect(openPeers()).toHaveLength(2);
  expect(former?.connectionState).toBe('connected');
});

it('ends the first connection immediately when another track is to be sent', async () => {
  const { mine, peer: former } = await publish();
  await ask('PUBLISHER', mine.id);
  const [, next] = openPeers();
  await mine.switchTo({ camera: { deviceId: 'camera-2' } });
  expect(former?.connectionState).toBe('closed');
  expect(sentTracks(next)).not.toEqual(sentTracks(former));
});

it('shows the first connection until media arrive over the second, in the same media stream', async () => {
  const { mine, viewed, peer: former } = await view();
  const { mediaStream, viewerId } = viewed;
  await ask('VIEWERS', mine.id);
  expect(server.callsOf('viewStream').at(-1)).toMatchObject({ viewerId });
  const [, next] = openPeers();
  const arriving = next?.getReceivers().map(({ track }) => track) ?? [];
  for (const track of arriving) track.muted = true;
  next?.moveTo('connected');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tracksOf(mediaStream)).toEqual(receivedBy(former));
  for (const track of arriving) {
    track.muted = false;
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(tracksOf(mediaStream)).toEqual(receivedBy(next));
  expect(openPeers()).toEqual([next]);
  expect(viewed.mediaStream).toBe(mediaStream);
});

it('does not wait for media of a muted stream', async () => {
  const { mine, viewed } = await view();
  await ask('VIEWERS', mine.id);
  const [, next] = openPeers();
  for (const { track } of next?.getReceivers() ?? []) track.muted = true;
  next?.moveTo('connected');
  await vi.advanceTimersByTimeAsync(3_100);
  expect(tracksOf(viewed.mediaStream)).toEqual(receivedBy(next));
  expect(openPeers()).toEqual([next]);
});

it('closes both connections when a stream or view that moves is closed', async () => {
  const { mine, bob, viewed } = await view();
  await ask('VIEWERS', mine.id);
  expect(openPeers()).toHaveLength(2);
  await viewed.stop();
  expect(openPeers()).toEqual([]);
  await bob.leave();
});

it('moves nothing that it is not asked for', async () => {
  const { mine, viewed } = await view();
  await ask('PUBLISHER', mine.id);
  await ask('VIEWERS', 'another');
  expect(server.callsOf('viewStream')).toHaveLength(1);
  expect(viewed.connectionState).toBe('connected');
});

it('sets up again only the views that are asked for', async () => {
  const { mine, viewed } = await view();
  await ask('VIEWERS', mine.id, ['of-somebody-else']);
  expect(server.callsOf('viewStream')).toHaveLength(1);
  await ask('VIEWERS', mine.id, ['of-somebody-else', viewed.viewerId]);
  expect(server.callsOf('viewStream')).toHaveLength(2);
  expect(server.callsOf('viewStream').at(-1)).toMatchObject({ viewerId: viewed.viewerId });
});
