import { describe, expect, test, vi } from 'vitest';
import { Deferred } from '../testing/deferred.ts';
import { type FakePage, capturedStreams } from '../testing/fake-browser.ts';
import { aMediaStream, fakeTracks } from '../testing/fake-media.ts';
import { FakePeerConnection } from '../testing/fake-peer-connection.ts';
import { type FakeServer, forbidden } from '../testing/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

/** The last connection made. */
function lastPeer(): FakePeerConnection {
  const peer = [...FakePeerConnection.open].at(-1);
  if (!peer) throw new Error('There is no connection.');
  return peer;
}

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
    ).toMatchObject([undefined, [{ rid: 'q' }, { rid: 'h' }, { rid: 'f', scaleResolutionDownBy: 1 }]]);
    expect(lastPeer().configuration?.iceServers).toEqual([{ urls: ['stun:stun.example.com'] }]);
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
    const asked = new Deferred<MediaStream>();
    page.navigator.mediaDevices = { getUserMedia: () => asked.promise };
    const ada = await joinAs(server, 'ada');
    const giveUp = new AbortController();
    const publishing = ada.publishStream({ camera: true, signal: giveUp.signal });
    giveUp.abort();
    await expect(publishing).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    const late = aMediaStream('video');
    asked.resolve(late);
    await settle();
    expect(fakeTracks(late)[0]?.readyState).toBe('ended');
    expect(server.callsOf('publishStream')).toEqual([]);
  });

  test('gives up on a server that does not answer, in bounded time', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => (operation === 'publishStream' ? new Promise(() => {}) : undefined);
    const publishing = rejectionOf(ada.publishStream({ camera: true }));
    await vi.waitUntil(() => server.callsOf('publishStream').length > 0);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await publishing).toMatchObject({
      code: 'ERR_TIMEOUT',
    });
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
