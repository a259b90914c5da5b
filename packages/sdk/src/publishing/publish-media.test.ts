import { describe, expect, it, vi } from 'vitest';
import { aMediaStream, fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { Deferred } from '../testing/deferred.ts';
import { capturedStreams } from '../testing/fake-browser.ts';
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
  it('offers only to send, with the kinds of the stream type and the video limit', async () => {
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

  it('makes two cameras two streams, and one ends without the other', async () => {
    const ada = await joinAs(server, 'ada');
    const front = await ada.publishStream({ camera: { facingMode: 'user' } });
    const back = await ada.publishStream({ camera: { facingMode: 'environment' } });
    const published = () =>
      server.conference?.participants.flatMap(({ streams }) => streams.map(({ id }) => id));
    expect(published()).toEqual([front.id, back.id]);
    await front.unpublish();
    expect(published()).toEqual([back.id]);
    expect(capturedStreams.flatMap(fakeTracks).map(({ readyState }) => readyState)).toEqual([
      'ended',
      'live',
    ]);
  });

  it('stops what it captured when the server refuses', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => {
      if (operation === 'publishStream') throw forbidden(operation);
    };
    await expect(ada.publishStream({ camera: true })).rejects.toMatchObject({ code: 'ERR_FORBIDDEN' });
    expect(capturedStreams.flatMap(fakeTracks).map(({ readyState }) => readyState)).toEqual(['ended']);
    expect(FakePeerConnection.open.size).toBe(0);
    expect(server.callsOf('unpublishStream')).toEqual([]);
  });

  it('withdraws a stream that the server accepted when its answer cannot be applied', async () => {
    const ada = await joinAs(server, 'ada');
    const api = vi.spyOn(FakePeerConnection.prototype, 'setRemoteDescription');
    api.mockRejectedValueOnce(new DOMException('bad answer', 'OperationError'));
    await expect(ada.publishStream({ camera: true })).rejects.toMatchObject({ code: 'ERR_NEGOTIATION' });
    await settle();
    expect(server.conference?.participants.flatMap(({ streams }) => streams)).toEqual([]);
  });

  it('aborts during the permission prompt, and stops tracks that the user grants later', async () => {
    const asked = new Deferred<MediaStream>();
    page.navigator.mediaDevices = { getUserMedia: () => asked.promise };
    const ada = await joinAs(server, 'ada');
    const abort = new AbortController();
    const publishing = ada.publishStream({ camera: true, signal: abort.signal });
    abort.abort();
    await expect(publishing).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    const late = aMediaStream('video');
    asked.resolve(late);
    await settle();
    expect(fakeTracks(late)[0]?.readyState).toBe('ended');
    expect(server.callsOf('publishStream')).toEqual([]);
  });

  it('times out when the server does not answer', async () => {
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

  it("leaves the app's own tracks alone", async () => {
    const ada = await joinAs(server, 'ada');
    const mediaStream = aMediaStream('audio');
    const mine = await ada.publishStream({ mediaStream, type: 'MIC' });
    await mine.unpublish();
    await mine.unpublish();
    expect(fakeTracks(mediaStream)[0]?.readyState).toBe('live');
    expect(server.callsOf('unpublishStream')).toHaveLength(1);
    await expect(mine.mute('audio')).rejects.toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
  });

  it("ends when the user presses the browser's own button to stop sharing", async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ screen: true });
    fakeTracks(mine.mediaStream)
      .find(({ kind }) => kind === 'video')
      ?.endByBrowser();
    await settle();
    expect(mine.connectionState).toBe('closed');
    expect(server.conference?.participants.flatMap(({ streams }) => streams)).toEqual([]);
  });

  it('reports a failed connection, and withdraws the stream', async () => {
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
  it('disables the track immediately and sets metadata for all participants', async () => {
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

  it('ends in the state that was requested last', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ microphone: true });
    await Promise.all([mine.mute('audio'), mine.unmute('audio'), mine.mute('audio')]);
    expect(mine.isMuted('audio')).toBe(true);
    expect(server.conference?.metadata[`TRACK_MUTED/audio/${mine.id}`]?.value).toBe('true');
  });

  it('refuses a kind that the stream lacks', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ microphone: true });
    await expect(mine.mute('video')).rejects.toMatchObject({ code: 'ERR_STREAM_TYPE_MISMATCH' });
  });
});
