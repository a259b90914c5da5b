import type { NotFoundError } from '@parley-rtc/client';
import { describe, expect, test } from 'vitest';
import { Deferred } from '../testing/deferred.ts';
import { fakeTracks } from '../testing/fake-media.ts';
import { FakePeerConnection } from '../testing/fake-peer-connection.ts';
import type { FakeServer } from '../testing/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

/** The last connection made. */
function lastPeer(): FakePeerConnection {
  const peer = [...FakePeerConnection.open].at(-1);
  if (!peer) throw new Error('There is no connection.');
  return peer;
}

describe('viewing', () => {
  test('asks for the sound of a screen and does without when the server refuses it', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ screen: true });
    await settle();
    const view = await ada.viewStream(id);
    expect(server.callsOf('viewStream')).toMatchObject([{ sdpOffer: 'm=audio recvonly\nm=video recvonly' }]);
    expect(fakeTracks(view.mediaStream).map(({ kind }) => kind)).toEqual(['video']);
  });

  test('is refused for a stream that nobody publishes', async () => {
    const ada = await joinAs(server, 'ada');
    await expect(ada.viewStream('nobodys')).rejects.toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
    expect(server.callsOf('viewStream')).toEqual([]);
  });

  test('is refused the same way when the server knows better than our state', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const mine = await bob.publishStream({ camera: true });
    await settle();
    server.distort = () => [];
    await mine.unpublish();
    const error = await ada.viewStream(mine.id).catch((caught: unknown) => caught as NotFoundError);
    expect(error).toMatchObject({ code: 'ERR_STREAM_NOT_FOUND', cause: { code: 'ERR_NOT_FOUND' } });
  });

  test('twice makes two views, each closed for itself', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ camera: true });
    await settle();
    const [first, second] = await Promise.all([ada.viewStream(id), ada.viewStream(id)]);
    expect(first.viewerId).not.toBe(second.viewerId);
    await first.stop();
    await first.stop();
    expect([...server.views.keys()]).toEqual([second.viewerId]);
    expect(second.connectionState).toBe('new');
  });

  test('ends by itself, for the server too, when the stream is withdrawn or its publisher leaves', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const [camera, microphone] = await Promise.all([
      bob.publishStream({ camera: true }),
      bob.publishStream({ microphone: true }),
    ]);
    await settle();
    const [seen, heard] = await Promise.all([ada.viewStream(camera.id), ada.viewStream(microphone.id)]);
    await camera.unpublish();
    await settle();
    expect([seen.connectionState, heard.connectionState]).toEqual(['closed', 'new']);
    await bob.leave();
    await settle();
    expect(heard.connectionState).toBe('closed');
    expect(server.callsOf('stopViewStream')).toMatchObject([
      { viewerId: seen.viewerId },
      { viewerId: heard.viewerId },
    ]);
  });

  test('that is still being set up ends when the stream goes', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const mine = await bob.publishStream({ camera: true });
    await settle();
    server.intercept = ({ operation }) => (operation === 'viewStream' ? new Promise(() => {}) : undefined);
    const viewing = rejectionOf(ada.viewStream(mine.id));
    await mine.unpublish();
    expect(await viewing).toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
    expect(FakePeerConnection.open.size).toBe(0);
  });

  test('of several streams negotiates side by side', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id: one } = await bob.publishStream({ camera: true });
    const { id: two } = await bob.publishStream({ microphone: true });
    await settle();
    const gate = new Deferred<void>();
    server.intercept = ({ operation }) => (operation === 'viewStream' ? gate.promise : undefined);
    const views = Promise.all([ada.viewStream(one), ada.viewStream(two)]);
    await settle();
    expect(server.callsOf('viewStream')).toHaveLength(2);
    gate.resolve();
    expect(await views).toHaveLength(2);
  });

  test('tells when its connection fails, and stops', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ camera: true });
    await settle();
    const heard = listenTo(ada);
    const view = await ada.viewStream(id);
    await settle();
    lastPeer().moveTo('failed');
    await settle();
    expect(heard.at(-1)).toBe('error ERR_MEDIA_CONNECTION');
    expect(view.connectionState).toBe('closed');
    expect(server.views.size).toBe(0);
  });

  test('sends candidates once the answer is applied, for the view that they belong to', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ camera: true });
    await settle();
    const viewing = ada.viewStream(id);
    await settle();
    const view = await viewing;
    lastPeer().findCandidate('candidate:1');
    lastPeer().findCandidate('');
    await settle();
    expect(server.callsOf('addViewStreamIceCandidates')).toMatchObject([
      {
        streamId: id,
        viewerId: view.viewerId,
        iceCandidates: [{ candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }],
      },
    ]);
  });
});
