import type { NotFoundError } from '@parley-rtc/client';
import { findStream } from '@parley-rtc/contract';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FakePage, capturedStreams, useFakeBrowser } from '../testing/fake-browser.ts';
import { aMediaStream, fakeTracks } from '../testing/fake-media.ts';
import { FakePeerConnection } from '../testing/fake-peer-connection.ts';
import { broken, FakeServer, forbidden } from '../testing/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { selectRemoteParticipants, selectRemoteStreams, selectSelf } from './selectors.ts';

let server: FakeServer;
let page: FakePage;

/** Lets everything happen that needs no time. */
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  page = useFakeBrowser();
  server = new FakeServer();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  FakePeerConnection.open.clear();
});

/** The last connection made. */
function lastPeer(): FakePeerConnection {
  const peer = [...FakePeerConnection.open].at(-1);
  if (!peer) throw new Error('There is no connection.');
  return peer;
}

describe('two people in a conference', () => {
  test('see and hear each other', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const viewedBy = new Map<string, MediaStream>();
    ada.on('stream-published', async ({ stream }) => {
      viewedBy.set('ada', (await ada.viewStream(stream.id)).mediaStream);
    });
    bob.on('stream-published', async ({ stream }) => {
      viewedBy.set('bob', (await bob.viewStream(stream.id)).mediaStream);
    });

    await ada.publishStream({ camera: true, microphone: true });
    await bob.publishStream({ microphone: true });
    await settle();

    expect(fakeTracks(viewedBy.get('bob') ?? aMediaStream()).map(({ kind }) => kind)).toEqual([
      'audio',
      'video',
    ]);
    expect(fakeTracks(viewedBy.get('ada') ?? aMediaStream()).map(({ kind }) => kind)).toEqual(['audio']);
    expect(server.views.size).toBe(2);
  });

  test('hear who comes, publishes, mutes, withdraws and goes', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    const bob = await joinAs(server, 'bob');
    const mine = await bob.publishStream({ camera: true });
    await mine.mute('video');
    await bob.setParticipantMetadata({ name: 'Robert' });
    await mine.unpublish();
    await bob.leave();
    await settle();

    expect(heard).toEqual([
      'participant-joined bob',
      "stream-published bob's CAM",
      `metadata-updated TRACK_MUTED/video/${mine.id}=true`,
      'participant-updated bob',
      "stream-unpublished bob's CAM",
      'participant-left bob',
    ]);
    expect(ada.state.getSnapshot().conference).toEqual(server.conference);
  });

  test('do not hear of themselves, though the state has them', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    const mine = await ada.publishStream({ camera: true });
    await settle();
    expect(heard).toEqual([]);
    expect(selectSelf(ada.state.getSnapshot())?.streams.map(({ id }) => id)).toEqual([mine.id]);
    expect(selectRemoteStreams(ada.state.getSnapshot())).toEqual([]);
  });

  test('find the state changed already when they hear of it', async () => {
    const ada = await joinAs(server, 'ada');
    const known: boolean[] = [];
    ada.on('stream-published', ({ stream }) => {
      known.push(findStream(ada.state.getSnapshot().conference, stream.id) !== undefined);
    });
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    await settle();
    expect(known).toEqual([true]);
  });
});

describe('a listener that comes late', () => {
  test('hears of each participant and stream that is there, once, and of later ones as they come', async () => {
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    expect(heard).toEqual([]);
    await settle();
    expect(heard).toEqual(["stream-published bob's CAM", 'participant-joined bob']);
    await bob.publishStream({ microphone: true });
    await settle();
    expect(heard.slice(2)).toEqual(["stream-published bob's MIC"]);
  });

  test('hears nothing when it is taken back in the same moment', async () => {
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    const ada = await joinAs(server, 'ada');
    const listener = vi.fn<() => void>();
    ada.on('stream-published', listener)();
    await settle();
    expect(listener).not.toHaveBeenCalled();
  });

  test('registered while several streams are announced hears of each once', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    await settle();
    // Both streams arrive with one snapshot, because the event before them is lost.
    server.distort = (events) => events.slice(1);
    const heard: string[] = [];
    const off = ada.on('stream-published', () => {
      off();
      ada.on('stream-published', ({ stream }) => void heard.push(stream.type));
    });
    server.intercept = ({ operation }) => (operation === 'getEvents' ? new Promise(() => {}) : undefined);
    await bob.publishStream({ camera: true });
    await bob.publishStream({ microphone: true });
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard.toSorted()).toEqual(['CAM', 'MIC']);
  });
});

describe('a listener that fails', () => {
  test('is told of as ListenerError and stops nobody else', async () => {
    const ada = await joinAs(server, 'ada');
    const broken = new Error('my mistake');
    const errors: unknown[] = [];
    ada.on('error', ({ error }) => void errors.push([error.code, error.cause]));
    ada.on('participant-joined', () => {
      throw broken;
    });
    ada.on('participant-joined', () => Promise.reject(broken));
    const listener = vi.fn<() => void>();
    ada.on('participant-joined', listener);
    await joinAs(server, 'bob');
    await settle();
    expect(listener).toHaveBeenCalledOnce();
    expect(errors).toEqual([
      ['ERR_LISTENER', broken],
      ['ERR_LISTENER', broken],
    ]);
  });

  test('harms nobody when there is no listener for errors, nor when that one fails too', async () => {
    const ada = await joinAs(server, 'ada');
    ada.on('participant-joined', () => {
      throw new Error('first');
    });
    await joinAs(server, 'bob');
    ada.on('error', () => {
      throw new Error('second');
    });
    await joinAs(server, 'eve');
    await settle();
    expect(selectRemoteParticipants(ada.state.getSnapshot()).map(({ userId }) => userId)).toEqual([
      'bob',
      'eve',
    ]);
  });

  test('of the store is told of too', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    ada.state.subscribe(() => {
      throw new Error('render failed');
    });
    await joinAs(server, 'bob');
    await settle();
    expect(heard).toEqual(['error ERR_LISTENER', 'participant-joined bob']);
  });
});

describe('publishing', () => {
  test('offers to send only, with the kinds of the type and the limit for the video', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.publishStream({ camera: true, microphone: true, videoBitrateBps: 500_000, metadata: { a: 1 } });
    expect(server.callsOf('publishStream')).toMatchObject([
      {
        conferenceStreamType: 'MIC_AND_CAM',
        sdpOffer: 'm=audio sendonly\nm=video sendonly',
        videoBitrate: 500_000,
        metadata: { a: 1 },
      },
    ]);
    expect(
      lastPeer()
        .getTransceivers()
        .map(({ sendEncodings }) => sendEncodings),
    ).toEqual([undefined, [{ maxBitrate: 500_000 }]]);
    expect(lastPeer().configuration.iceServers).toEqual([{ urls: ['stun:stun.example.com'] }]);
  });

  test('stops what it captured when the server refuses', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => {
      if (operation === 'publishStream') throw forbidden(operation);
    };
    await expect(ada.publishStream({ camera: true })).rejects.toMatchObject({ code: 'ERR_FORBIDDEN' });
    expect(capturedStreams.flatMap(fakeTracks).map(({ readyState }) => readyState)).toEqual(['ended']);
    expect(FakePeerConnection.open.size).toBe(0);
    expect(server.callsOf('unpublishStream')).toEqual([]);
  });

  test('withdraws a stream whose acceptance got lost on the way', async () => {
    const ada = await joinAs(server, 'ada');
    const api = vi.spyOn(FakePeerConnection.prototype, 'setRemoteDescription');
    api.mockRejectedValueOnce(new DOMException('bad answer', 'OperationError'));
    await expect(ada.publishStream({ camera: true })).rejects.toMatchObject({ code: 'ERR_NEGOTIATION' });
    await settle();
    expect(server.conference?.participants.flatMap(({ streams }) => streams)).toEqual([]);
  });

  test('gives up by signal while the user is still asked, and stops what is granted later', async () => {
    let grant: (stream: MediaStream) => void = () => {};
    page.navigator.mediaDevices = { getUserMedia: () => new Promise((resolve) => (grant = resolve)) };
    const ada = await joinAs(server, 'ada');
    const giveUp = new AbortController();
    const publishing = ada.publishStream({ camera: true, signal: giveUp.signal });
    giveUp.abort();
    await expect(publishing).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    const late = aMediaStream('video');
    grant(late);
    await settle();
    expect(fakeTracks(late)[0]?.readyState).toBe('ended');
    expect(server.callsOf('publishStream')).toEqual([]);
  });

  test('gives up on a server that does not answer, in bounded time', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => (operation === 'publishStream' ? new Promise(() => {}) : undefined);
    const publishing = expect(ada.publishStream({ camera: true })).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
    });
    await vi.advanceTimersByTimeAsync(15_000);
    await publishing;
    expect(FakePeerConnection.open.size).toBe(0);
  });

  test("leaves the app's own tracks alone", async () => {
    const ada = await joinAs(server, 'ada');
    const mediaStream = aMediaStream('audio');
    const mine = await ada.publishStream({ mediaStream, type: 'MIC' });
    await mine.unpublish();
    await mine.unpublish();
    expect(fakeTracks(mediaStream)[0]?.readyState).toBe('live');
    expect(server.callsOf('unpublishStream')).toHaveLength(1);
    await expect(mine.mute('audio')).rejects.toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
  });

  test("ends with the browser's own button to stop sharing a screen", async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ screen: true });
    fakeTracks(mine.mediaStream)
      .find(({ kind }) => kind === 'video')
      ?.endByBrowser();
    await settle();
    expect(mine.connectionState).toBe('closed');
    expect(server.conference?.participants.flatMap(({ streams }) => streams)).toEqual([]);
  });

  test('tells when its connection fails, and withdraws the stream', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    const mine = await ada.publishStream({ camera: true });
    lastPeer().moveTo('failed');
    await settle();
    expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
    expect(mine.connectionState).toBe('closed');
    expect(server.conference?.participants.flatMap(({ streams }) => streams)).toEqual([]);
  });

  test('closes a stream that the server has withdrawn', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    await settle();
    server.append({
      type: 'ConferenceStreamUnpublishedEvent',
      userId: 'ada',
      userEndpointId: ada.endpointId,
      streamId: mine.id,
      streamType: 'CAM',
    });
    await settle();
    expect(mine.connectionState).toBe('closed');
    expect(fakeTracks(mine.mediaStream)[0]?.readyState).toBe('ended');
  });
});

describe('muting', () => {
  test('switches the track off at once and tells everybody by metadata', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ microphone: true });
    const muting = mine.mute('audio');
    expect(fakeTracks(mine.mediaStream)[0]?.enabled).toBe(false);
    await muting;
    expect(server.conference?.metadata[`TRACK_MUTED/audio/${mine.id}`]?.value).toBe('true');
    expect(mine.isMuted('audio')).toBe(true);
    await mine.unmute('audio');
    expect(server.conference?.metadata).toEqual({});
    expect(fakeTracks(mine.mediaStream)[0]?.enabled).toBe(true);
  });

  test('goes back when the server refuses', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ microphone: true });
    server.intercept = ({ operation }) => {
      if (operation === 'updateMetadata') throw forbidden(operation);
    };
    await expect(mine.mute('audio')).rejects.toMatchObject({ code: 'ERR_FORBIDDEN' });
    expect(mine.isMuted('audio')).toBe(false);
    expect(fakeTracks(mine.mediaStream)[0]?.enabled).toBe(true);
  });

  test('leaves everybody with what was asked for last', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ microphone: true });
    await Promise.all([mine.mute('audio'), mine.unmute('audio'), mine.mute('audio')]);
    expect(mine.isMuted('audio')).toBe(true);
    expect(server.conference?.metadata[`TRACK_MUTED/audio/${mine.id}`]?.value).toBe('true');
  });

  test('of a kind that the stream lacks is refused', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ microphone: true });
    await expect(mine.mute('video')).rejects.toMatchObject({ code: 'ERR_STREAM_TYPE_MISMATCH' });
  });
});

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
    const viewing = expect(ada.viewStream(mine.id)).rejects.toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
    await mine.unpublish();
    await viewing;
    expect(FakePeerConnection.open.size).toBe(0);
  });

  test('of several streams negotiates side by side', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id: one } = await bob.publishStream({ camera: true });
    const { id: two } = await bob.publishStream({ microphone: true });
    await settle();
    let letThrough: () => void = () => {};
    const gate = new Promise<void>((resolve) => (letThrough = resolve));
    server.intercept = ({ operation }) => (operation === 'viewStream' ? gate : undefined);
    const views = Promise.all([ada.viewStream(one), ada.viewStream(two)]);
    await settle();
    expect(server.callsOf('viewStream')).toHaveLength(2);
    letThrough();
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

describe('leaving', () => {
  test('closes everything, stops what was captured and tells the server', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ camera: true });
    await settle();
    await ada.viewStream(id);
    await ada.publishStream({ camera: true, microphone: true });
    const heard = listenTo(ada);
    await settle();
    heard.length = 0;

    await ada.leave({ reason: 'tea' });

    expect(heard).toEqual(['connection-changed left']);
    expect(ada.state.getSnapshot().connection).toBe('left');
    expect(FakePeerConnection.open.size).toBe(1);
    expect(
      capturedStreams
        .slice(1)
        .flatMap(fakeTracks)
        .every(({ readyState }) => readyState === 'ended'),
    ).toBe(true);
    expect(server.callsOf('leave')).toMatchObject([{ userEndpointId: ada.endpointId, reason: 'tea' }]);
    expect(server.callsOf('unpublishStream')).toEqual([]);
    expect(server.callsOf('stopViewStream')).toEqual([]);
    expect(server.endpoints.has(ada.endpointId)).toBe(false);
  });

  test('twice is once, and nothing works afterwards', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ microphone: true });
    await Promise.all([ada.leave(), ada.leave()]);
    await ada.leave();
    expect(server.callsOf('leave')).toHaveLength(1);
    const refused = { code: 'ERR_NOT_JOINED' };
    await expect(ada.publishStream({ camera: true })).rejects.toMatchObject(refused);
    await expect(ada.viewStream('any')).rejects.toMatchObject(refused);
    await expect(ada.setMetadata('a', 'b')).rejects.toMatchObject(refused);
    await expect(ada.removeMetadata('a')).rejects.toMatchObject(refused);
    await expect(ada.setParticipantMetadata({})).rejects.toMatchObject(refused);
    await expect(ada.end()).rejects.toMatchObject(refused);
    await expect(mine.mute('audio')).rejects.toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
  });

  test('rejects what is under way', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => (operation === 'publishStream' ? new Promise(() => {}) : undefined);
    const publishing = expect(ada.publishStream({ camera: true })).rejects.toMatchObject({
      code: 'ERR_NOT_JOINED',
    });
    await settle();
    await ada.leave();
    await publishing;
    expect(FakePeerConnection.open.size).toBe(0);
  });

  test('works without a server, in bounded time', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => {
      throw broken(operation);
    };
    await ada.leave();
    expect(ada.state.getSnapshot().connection).toBe('left');
  });

  test('happens at the end of an `await using` block', async () => {
    {
      await using ada = await joinAs(server, 'ada');
      expect(ada.id).toBe('room');
    }
    expect(server.conference?.participants).toEqual([]);
  });

  test('from inside a listener silences what was still to be announced', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    ada.on('participant-joined', () => ada.leave());
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    await settle();
    expect(heard).toEqual(['participant-joined bob', 'connection-changed left']);
  });

  test('leaves nothing behind, ten times over', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [ada, bob] = await Promise.all([joinAs(server, 'ada'), joinAs(server, 'bob')]);
      listenTo(ada);
      const { id } = await bob.publishStream({ camera: true, microphone: true });
      await settle();
      await ada.viewStream(id);
      await ada.publishStream({ screen: true });
      await Promise.all([ada.leave(), bob.leave()]);
      await settle();
    }
    expect(vi.getTimerCount()).toBe(0);
    expect(FakePeerConnection.open.size).toBe(0);
    expect(page.listenerCount).toBe(0);
    expect(server.parkedPolls).toBe(0);
    expect(server.endpoints.size).toBe(0);
    expect(server.views.size).toBe(0);
    expect(server.conference?.participants).toEqual([]);
    expect(capturedStreams.flatMap(fakeTracks).every(({ readyState }) => readyState === 'ended')).toBe(true);
  });
});

describe('the end of a conference', () => {
  test('reaches everybody, with its reason', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    await settle();
    const [hearsAda, hearsBob] = [listenTo(ada), listenTo(bob)];
    await settle();
    await ada.end({ reason: 'done' });
    await settle();
    const common = ['ended done', 'connection-changed ended'];
    expect(hearsAda.slice(-4)).toEqual(["stream-unpublished bob's CAM", 'participant-left bob', ...common]);
    expect(hearsBob.slice(-3)).toEqual(['participant-left ada', ...common]);
    expect(bob.state.getSnapshot()).toMatchObject({
      connection: 'ended',
      conference: { participants: [], ended: { reason: 'done' } },
    });
    expect(FakePeerConnection.open.size).toBe(0);
    await ada.end();
    await bob.leave();
    expect(server.callsOf('leave')).toEqual([]);
    await expect(bob.viewStream('any')).rejects.toMatchObject({ code: 'ERR_NOT_JOINED' });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that the server refuses leaves us inside', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => {
      if (operation === 'end') throw forbidden(operation);
    };
    await expect(ada.end()).rejects.toMatchObject({ code: 'ERR_FORBIDDEN' });
    await ada.setMetadata('still', 'here');
    expect(server.conference?.metadata['still']?.value).toBe('here');
  });

  test('is noticed even when the server has forgotten the conference', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    server.forget();
    await settle();
    expect(heard).toEqual(['ended undefined', 'connection-changed ended']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('our endpoint', () => {
  test('that the server has dropped is told of, and we are out', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    await ada.publishStream({ camera: true });
    server.removeEndpoint(ada.endpointId);
    await settle();
    expect(heard).toEqual(['error ERR_ENDPOINT_LOST', 'connection-changed left']);
    expect(FakePeerConnection.open.size).toBe(0);
  });

  test('that does not survive a keep-alive is told of, and we are out', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    server.endpoints.clear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual(['error ERR_ENDPOINT_LOST', 'connection-changed left']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the page', () => {
  test('that goes away leaves by requests that outlive it', async () => {
    const api = server.api('ada');
    const leave = vi.spyOn(api, 'leave');
    const unregister = vi.spyOn(api, 'unregisterUserEndpoint');
    vi.spyOn(server, 'api').mockReturnValue(api);
    await joinAs(server, 'ada');
    page.fire('pagehide', { persisted: false });
    expect(leave.mock.calls[0]?.[1]).toMatchObject({ keepalive: true });
    expect(unregister.mock.calls[0]?.[1]).toMatchObject({ keepalive: true });
    await settle();
    expect(server.conference?.participants).toEqual([]);
  });

  test('that is frozen and comes back asks for news at once', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    page.fire('pagehide', { persisted: true });
    await settle();
    expect(ada.state.getSnapshot().connection).toBe('connected');
    const before = server.callsOf('getEvents').length;
    page.fire('pageshow', { persisted: true });
    await settle();
    expect(server.callsOf('getEvents')).toHaveLength(before + 1);
    expect(server.parkedPolls).toBe(1);
  });
});
