import { describe, expect, it, vi } from 'vitest';
import { aMediaStream, aTrack, fakeTracks, type FakeTrack } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { createPreview } from '../preview/create-preview.ts';
import { Deferred } from '../testing/deferred.ts';
import { capturedTracks } from '../testing/fake-browser.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let page: FakePage;
let ada: Conference;
let heard: string[];

useFakeConference(async (fakes) => {
  ({ server, page } = fakes);
  ada = await joinAs(server, 'ada');
  heard = listenTo(ada);
});

const states = () => capturedTracks.map(({ kind, readyState }) => `${kind} ${readyState}`);
const published = () => server.conference?.participants.flatMap(({ streams }) => streams) ?? [];

function sent(kind: 'audio' | 'video') {
  const transceivers = [...FakePeerConnection.open].flatMap((peer) => peer.getTransceivers());
  return transceivers.findLast((transceiver) => transceiver.kind === kind)?.sender;
}

/** Which layers of the video are sent. */
const active = () => sent('video')?.encodings.map((encoding) => encoding.active);

const captured = (kind: 'audio' | 'video') => {
  const track = capturedTracks.findLast((one) => one.kind === kind);
  if (!track) throw new Error(`No ${kind} was captured.`);
  return track;
};

describe('a track that ended before it is published', () => {
  it('is opened again if a preview opened it', async () => {
    const preview = await createPreview({ camera: true });
    captured('video').endByBrowser();
    const mine = await ada.publishStream({ preview });
    expect(states()).toEqual(['video ended', 'video live']);
    expect(sent('video')?.track).toBe(captured('video'));
    expect(mine.isMuted('video')).toBe(false);
  });

  it('leaves nothing published when it cannot be opened again', async () => {
    const preview = await createPreview({ camera: true });
    captured('video').endByBrowser();
    page.navigator.mediaDevices = {
      getUserMedia: () => Promise.reject(new DOMException('none', 'NotFoundError')),
    };
    await expect(ada.publishStream({ preview })).rejects.toMatchObject({ code: 'ERR_DEVICE_NOT_FOUND' });
    expect(published()).toEqual([]);
    expect(FakePeerConnection.open.size).toBe(0);
  });

  it('is refused if the app owns it', async () => {
    const mediaStream = aMediaStream('video');
    fakeTracks(mediaStream)[0]?.stop();
    await expect(ada.publishStream({ mediaStream, type: 'CAM' })).rejects.toMatchObject({
      code: 'ERR_TRACK_ENDED',
      kind: 'video',
    });
    expect(published()).toEqual([]);
    expect(FakePeerConnection.open.size).toBe(0);
  });

  it('may be published muted', async () => {
    const preview = await createPreview({ camera: true });
    captured('video').endByBrowser();
    const mine = await ada.publishStream({ preview, muted: true });
    expect(states()).toEqual(['video ended']);
    await mine.unmute('video');
    expect(states()).toEqual(['video ended', 'video live']);
  });
});

describe('a track of the app that ends', () => {
  it.each([
    ['by itself', (track: FakeTrack | undefined) => track?.endByBrowser()],
    ['because the app stops it', (track: FakeTrack | undefined) => track?.stop()],
  ])('%s is reported and muted', async (_why, end) => {
    const mediaStream = aMediaStream('video');
    const mine = await ada.publishStream({ mediaStream, type: 'CAM' });
    end(fakeTracks(mediaStream)[0]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard).toEqual(['error ERR_DEVICE_LOST', `metadata-updated TRACK_MUTED/video/${mine.id}=true`]);
    await mine.switchTo({ camera: aTrack('video') });
    await mine.unmute('video');
    expect(mine.isMuted('video')).toBe(false);
  });
});

it('a camera that takes the place of a lost one opens only when the stream is unmuted', async () => {
  const mine = await ada.publishStream({ camera: true });
  const { mediaDevices } = page.navigator;
  page.navigator.mediaDevices = {
    getUserMedia: () => Promise.reject(new DOMException('none', 'NotFoundError')),
  };
  captured('video').endByBrowser();
  await settle();
  expect(mine.isMuted('video')).toBe(true);
  page.navigator.mediaDevices = mediaDevices;
  await mine.switchTo({ camera: { deviceId: 'other' } });
  expect(states()).toEqual(['video ended']);
  await mine.unmute('video');
  expect(states()).toEqual(['video ended', 'video live']);
});

describe('a shared screen', () => {
  it('whose audio ends with it is not reported as a lost microphone', async () => {
    const mine = await ada.publishStream({ screen: true });
    captured('audio').endByBrowser();
    await settle();
    expect(mine.connectionState).not.toBe('closed');
    captured('video').endByBrowser();
    await settle();
    expect(mine.connectionState).toBe('closed');
    expect(heard).toEqual([]);
    expect(published()).toEqual([]);
  });

  it('stays open while it is muted, because only the user could open it again', async () => {
    const mine = await ada.publishStream({ screen: true });
    await mine.mute('video');
    await mine.mute('audio', { keepDevice: false });
    expect(states()).toEqual(['video live', 'audio live']);
    await mine.unmute('video');
    expect(captured('video')).toMatchObject({ readyState: 'live', enabled: true });
    expect(captured('audio').enabled).toBe(false);
    await mine.unpublish();
  });

  it('ends when the app stops its video, also while it is muted', async () => {
    const mine = await ada.publishStream({ screen: true });
    await mine.mute('video');
    captured('video').stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(mine.connectionState).toBe('closed');
  });

  it('ends with the source that it was switched to', async () => {
    const mine = await ada.publishStream({ screen: true });
    const other = aTrack('video');
    await mine.switchTo({ camera: other });
    (other as unknown as FakeTrack).endByBrowser();
    await settle();
    expect(mine.connectionState).toBe('closed');
  });

  it.each([
    [{ width: 1920, height: 1080 }, 2_500_000],
    [{ width: 160, height: 120 }, 400_000],
  ])('is encoded for its new size %o', async (settings, maxBitrate) => {
    const track = aTrack('video', { width: 640, height: 360, frameRate: 15 });
    const mediaStream = aMediaStream();
    mediaStream.addTrack(track);
    const mine = await ada.publishStream({ mediaStream, type: 'SCREEN' });
    Object.assign(track, { settings: { ...settings, frameRate: 15 } });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(sent('video')?.encodings).toMatchObject([{ maxBitrate }]);
    await mine.unpublish();
  });
});

it('a processed camera is encoded for the size of its camera', async () => {
  const mine = await ada.publishStream({ camera: true });
  Object.assign(captured('video'), { settings: { width: 320, height: 180, frameRate: 20 } });
  await mine.setProcessor('video', { process: async () => aTrack('video') });
  expect(sent('video')?.encodings).toMatchObject([{ maxBitrate: 160_000 }]);
});

it('a processor that gives up is reported, the video is muted, and unmute starts it again', async () => {
  const mine = await ada.publishStream({ camera: true });
  const outputs: MediaStreamTrack[] = [];
  const process = async () => {
    const output = aTrack('video');
    outputs.push(output);
    return output;
  };
  await mine.setProcessor('video', { process });
  // As `videoFrameProcessor` does when `draw` throws.
  outputs[0]?.stop();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(heard).toEqual(['error ERR_TRACK_ENDED', `metadata-updated TRACK_MUTED/video/${mine.id}=true`]);
  expect(mine.isMuted('video')).toBe(true);
  await mine.unmute('video');
  expect(sent('video')?.track).toBe(outputs[1]);
  expect(states()).toEqual(['video ended', 'video live']);
});

/** Silences the microphone, as a phone call does. */
function interrupt(): FakeTrack {
  const track = captured('audio');
  track.muted = true;
  track.dispatchEvent(new Event('mute'));
  return track;
}

describe('an interrupted device', () => {
  it('is opened again when the system does not give it back', async () => {
    await ada.publishStream({ microphone: true });
    interrupt();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(states()).toEqual(['audio ended', 'audio live']);
    expect(sent('audio')?.track).toBe(captured('audio'));
  });

  it('is left alone when the system gives it back in time', async () => {
    await ada.publishStream({ microphone: true });
    interrupt().muted = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states()).toEqual(['audio live']);
  });

  it('is opened again when the page returns, and not while it is hidden', async () => {
    const document = Object.assign(new EventTarget(), { hidden: true, visibilityState: 'hidden' });
    vi.stubGlobal('document', document);
    await ada.publishStream({ microphone: true });
    interrupt();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states()).toEqual(['audio live']);
    document.hidden = false;
    page.fire('online');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(states()).toEqual(['audio ended', 'audio live']);
  });

  it('is opened again by unmute', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await mine.mute('audio');
    interrupt();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states()).toEqual(['audio live']);
    await mine.unmute('audio');
    expect(states()).toEqual(['audio ended', 'audio live']);
  });
});

describe('a failed change', () => {
  const failing = { process: () => Promise.reject(new Error('no model')) };

  it("stops neither the app's new track nor the camera in use", async () => {
    const mine = await ada.publishStream({ camera: true });
    const first = captured('video');
    await expect(mine.setProcessor('video', failing)).rejects.toThrow('no model');
    expect(states()).toEqual(['video live']);
    const processor = {
      process: (track: MediaStreamTrack) =>
        track === (first as unknown) ? Promise.resolve(aTrack('video')) : failing.process(),
    };
    await mine.setProcessor('video', processor);
    const own = aTrack('video');
    await expect(mine.switchTo({ camera: own })).rejects.toThrow('no model');
    expect(own.readyState).toBe('live');
    expect(states()).toEqual(['video live']);
    await expect(mine.switchTo({ camera: true })).rejects.toThrow('no model');
    expect(states()).toEqual(['video live', 'video ended']);
  });

  it('rejects a processor that does not return within 30 s, and stops its late track', async () => {
    const mine = await ada.publishStream({ camera: true });
    const output = new Deferred<MediaStreamTrack>();
    const slow = { process: () => output.promise };
    const failure = rejectionOf(mine.setProcessor('video', slow));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await failure).toMatchObject({ code: 'ERR_TIMEOUT' });
    const late = aTrack('video');
    output.resolve(late);
    await settle();
    expect(late.readyState).toBe('ended');
    expect(sent('video')?.track).toBe(captured('video'));
  });
});

/** Makes every sender of `peer` wait in `replaceTrack` for ever, as a browser does once the connection has closed. */
function holdReplacements(): void {
  for (const peer of FakePeerConnection.open) {
    for (const sender of peer.getSenders()) sender.replaceTrack = () => new Promise(() => {});
  }
}

describe('a switch during which the connection goes away', () => {
  it('settles and frees the new camera when the stream is unpublished', async () => {
    const mine = await ada.publishStream({ camera: true });
    holdReplacements();
    const failure = rejectionOf(mine.switchTo({ camera: true }));
    await settle();
    await mine.unpublish();
    expect(await failure).toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
    expect(states()).toEqual(['video ended', 'video ended']);
  });

  it('is made on the new connection when the server had lost the stream', async () => {
    const mine = await ada.publishStream({ camera: true });
    holdReplacements();
    const switching = mine.switchTo({ camera: true });
    await settle();
    server.loseMedia();
    await vi.advanceTimersByTimeAsync(5_000);
    await switching;
    expect(states()).toEqual(['video ended', 'video live']);
    expect(sent('video')?.track).toBe(captured('video'));
  });
});

describe('switching to a track of the app', () => {
  it('that has ended is refused, and the camera stays', async () => {
    const mine = await ada.publishStream({ camera: true });
    const own = aTrack('video');
    own.stop();
    await expect(mine.switchTo({ camera: own })).rejects.toMatchObject({ code: 'ERR_TRACK_ENDED' });
    expect(states()).toEqual(['video live']);
    expect(sent('video')?.track).toBe(captured('video'));
  });

  it('that was disabled follows the app when it enables the track meanwhile', async () => {
    const mine = await ada.publishStream({ microphone: true });
    const own = aTrack('audio');
    own.enabled = false;
    const switching = mine.switchTo({ microphone: own });
    await Promise.resolve();
    await Promise.resolve();
    own.enabled = true;
    await switching;
    expect(mine.isMuted('audio')).toBe(false);
    expect(own.enabled).toBe(true);
  });
});

it('a track of the app is its own again when the browser creates no connection', async () => {
  const mediaStream = aMediaStream('audio');
  vi.stubGlobal('RTCPeerConnection', function tooMany() {
    throw new DOMException('Cannot create so many PeerConnections', 'UnknownError');
  });
  const failure = ada.publishStream({ mediaStream, type: 'MIC', muted: true });
  await expect(failure).rejects.toMatchObject({ code: 'ERR_UNEXPECTED' });
  const [track] = fakeTracks(mediaStream);
  if (track) track.enabled = true;
  expect(track?.enabled).toBe(true);
});

describe('the last call wins', () => {
  it('for devices: a slow first switch is given up', async () => {
    const mine = await ada.publishStream({ camera: true });
    const { getUserMedia } = page.navigator.mediaDevices ?? {};
    const asked: unknown[] = [];
    page.navigator.mediaDevices = {
      getUserMedia: (constraints) => {
        asked.push((constraints.video as MediaTrackConstraints).deviceId);
        return asked.length === 1 || !getUserMedia ? new Promise(() => {}) : getUserMedia(constraints);
      },
    };
    const first = mine.switchTo({ camera: { deviceId: 'a' } });
    await settle();
    await mine.switchTo({ camera: { deviceId: 'b' } });
    await first;
    expect(asked).toEqual(['a', 'b']);
    expect(states()).toEqual(['video ended', 'video live']);
  });

  it.each(['switchTo', 'unmute'] as const)(
    'for devices: %s does not wait for the replacement of a lost one',
    async (method) => {
      const mine = await ada.publishStream({ camera: true });
      const { mediaDevices } = page.navigator;
      // The browser asks the user, who does not answer.
      page.navigator.mediaDevices = { getUserMedia: () => new Promise(() => {}) };
      captured('video').endByBrowser();
      await settle();
      page.navigator.mediaDevices = mediaDevices;
      if (method === 'switchTo') {
        await mine.switchTo({ camera: { deviceId: 'b' } });
      } else {
        await mine.mute('video');
        await mine.unmute('video');
      }
      await vi.advanceTimersByTimeAsync(5_000);
      expect(states()).toEqual(['video ended', 'video live']);
      expect(sent('video')?.track).toBe(captured('video'));
      expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
    },
  );

  it('for the bitrate, also after the server lost the stream', async () => {
    const mine = await ada.publishStream({ camera: true });
    await Promise.all([mine.setVideoBitrate(200_000), mine.setVideoBitrate(250_000)]);
    expect(sent('video')?.encodings).toMatchObject([{ maxBitrate: 250_000 }]);
    await mine.setMetadata({ a: 2 });
    server.loseMedia();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.callsOf('publishStream').at(-1)).toMatchObject({
      videoBitrate: 250_000,
      metadata: { a: 2 },
    });
  });
});

it('sends only viewed layers, also after a change of the bitrate', async () => {
  vi.spyOn(FakePeerConnection.prototype, 'setRemoteDescription').mockImplementation(async function keepLayers(
    this: FakePeerConnection,
    description,
  ) {
    this.remoteDescription = description;
  });
  server.hasPush = true;
  const bob = await joinAs(server, 'bob');
  const mine = await bob.publishStream({ camera: true });
  await settle();
  expect(active()).toEqual([true, true, true]);
  server.sendOutside({
    type: 'ConferenceStreamLayersUpdatedEvent',
    userId: 'bob',
    userEndpointId: bob.endpointId,
    streamId: mine.id,
    activeRids: ['h'],
  });
  await settle();
  expect(active()).toEqual([false, true, false]);
  await mine.setVideoBitrate(1_000_000);
  expect(active()).toEqual([false, true, false]);
});
