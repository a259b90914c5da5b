import type { NotFoundError } from '@parley-rtc/client';
import { describe, expect, it } from 'vitest';
import { fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { Deferred } from '../testing/deferred.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { holdStep } from '../testing/slow-peer-connection.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

function refuse(): never {
  throw new TypeError('This is not an element.');
}

/** The last connection made. */
function lastPeer(): FakePeerConnection {
  const peer = [...FakePeerConnection.open].at(-1);
  if (!peer) throw new Error('There is no connection.');
  return peer;
}

describe('viewing', () => {
  it('requests the audio of a screen, and works when the server refuses it', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ screen: true });
    await settle();
    const view = await ada.viewStream(id);
    expect(server.callsOf('viewStream')).toMatchObject([{ sdpOffer: 'm=audio recvonly\nm=video recvonly' }]);
    expect(fakeTracks(view.mediaStream).map(({ kind }) => kind)).toEqual(['video']);
  });

  it('is refused for a stream that is not published', async () => {
    const ada = await joinAs(server, 'ada');
    await expect(ada.viewStream('unknown')).rejects.toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
    expect(server.callsOf('viewStream')).toEqual([]);
  });

  it('is refused the same way when only the server knows that the stream is gone', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const mine = await bob.publishStream({ camera: true });
    await settle();
    server.distort = () => [];
    await mine.unpublish();
    const error = await ada.viewStream(mine.id).catch((caught: unknown) => caught as NotFoundError);
    expect(error).toMatchObject({ code: 'ERR_STREAM_NOT_FOUND', cause: { code: 'ERR_NOT_FOUND' } });
  });

  it('the same stream twice creates two views, which close separately', async () => {
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

  it('ends, without a call that cannot succeed, when the stream is withdrawn or its publisher leaves', async () => {
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
    // The server has closed the views too, so a call could only fail.
    expect(server.callsOf('stopViewStream')).toEqual([]);
  });

  it('ends while it is still opening when the stream is withdrawn', async () => {
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

  it('several streams negotiates in parallel', async () => {
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

  it('reports a failed connection, and stops', async () => {
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

  it('is closed as soon as it is stopped, however long the server takes, and so is a stream of ours', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const mine = await bob.publishStream({ camera: true });
    await settle();
    const view = await ada.viewStream(mine.id);
    for (const peer of FakePeerConnection.open) peer.moveTo('connected');
    server.intercept = () => new Promise(() => {});
    void view.stop();
    void mine.unpublish();
    expect([view.connectionState, mine.connectionState]).toEqual(['closed', 'closed']);
  });

  it('sends candidates for its own view once the answer is applied', async () => {
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

async function aStreamOfBob() {
  const ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const mine = await bob.publishStream({ camera: true });
  await settle();
  return { ada, mine };
}

describe('opening a view', () => {
  it('leaves nothing open when the element cannot be used', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ microphone: true });
    await settle();
    const others = new Set(FakePeerConnection.open);
    const element = new Proxy({}, { get: refuse, set: refuse }) as HTMLMediaElement;
    expect(await rejectionOf(ada.viewStream(id, { element }))).toMatchObject({
      code: 'ERR_UNEXPECTED',
      cause: expect.any(TypeError),
    });
    await settle();
    expect([...FakePeerConnection.open].filter((peer) => !others.has(peer))).toEqual([]);
    expect(server.views.size).toBe(0);
    expect(server.callsOf('stopViewStream')).toHaveLength(1);
  });

  const steps = ['createOffer', 'setLocalDescription', 'setRemoteDescription'] as const;

  it.each(steps)('leaves nothing open when its signal aborts during %s', async (step) => {
    const { ada, mine } = await aStreamOfBob();
    const { reached, release } = holdStep(step);
    const abort = new AbortController();
    const failure = rejectionOf(ada.viewStream(mine.id, { signal: abort.signal }));
    await reached;
    abort.abort();
    expect(await failure).toMatchObject({ code: 'ERR_ABORTED' });
    release();
    await settle();
    expect(FakePeerConnection.open.size).toBe(1);
    expect(server.views.size).toBe(0);
    const wasSent = step === 'setRemoteDescription';
    expect(server.callsOf('viewStream')).toHaveLength(wasSent ? 1 : 0);
    expect(server.callsOf('stopViewStream')).toHaveLength(wasSent ? 1 : 0);
  });

  it.each(steps)('leaves nothing open when the stream is withdrawn during %s', async (step) => {
    const { ada, mine } = await aStreamOfBob();
    const { reached, release } = holdStep(step);
    const failure = rejectionOf(ada.viewStream(mine.id));
    await reached;
    await mine.unpublish();
    await settle();
    expect(await failure).toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
    release();
    await settle();
    expect(FakePeerConnection.open.size).toBe(0);
    expect(server.views.size).toBe(0);
  });

  it.each(steps)('leaves nothing open when we leave during %s', async (step) => {
    const { ada, mine } = await aStreamOfBob();
    const { reached, release } = holdStep(step);
    const failure = rejectionOf(ada.viewStream(mine.id));
    await reached;
    await ada.leave();
    expect(await failure).toMatchObject({ code: 'ERR_NOT_JOINED' });
    release();
    await settle();
    expect(FakePeerConnection.open.size).toBe(1);
    expect(server.callsOf('stopViewStream')).toEqual([]);
  });
});
