import { describe, expect, it, vi } from 'vitest';
import { aMediaStream, aTrack, fakeTracks, type FakeTrack } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { capturedTracks } from '../testing/fake-browser.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { PublishedStream } from './published-stream.ts';

/** A browser that refuses encodings and parameters. */
class PickyPeerConnection extends FakePeerConnection {
  override addTransceiver(
    ...[track, init]: Parameters<FakePeerConnection['addTransceiver']>
  ): ReturnType<FakePeerConnection['addTransceiver']> {
    if (init.sendEncodings) throw new TypeError('sendEncodings');
    const transceiver = super.addTransceiver(track, init);
    transceiver.sender.setParameters = () => Promise.reject(new DOMException('no', 'OperationError'));
    return transceiver;
  }
}

let server: FakeServer;
let page: FakePage;
useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

function sent(kind: 'audio' | 'video') {
  const transceivers = [...FakePeerConnection.open].flatMap((peer) => peer.getTransceivers());
  const sender = transceivers.findLast((transceiver) => transceiver.kind === kind)?.sender;
  if (!sender) throw new Error(`No ${kind} is sent.`);
  return sender;
}

function shown(stream: PublishedStream, kind: 'audio' | 'video'): FakeTrack {
  const [track] = fakeTracks(stream.mediaStream).filter((track) => track.kind === kind);
  if (!track) throw new Error(`No ${kind} is shown.`);
  return track;
}

const states = () => capturedTracks.map(({ readyState }) => readyState);
const noCamera = () => Promise.reject(new DOMException('none', 'NotFoundError'));

describe('the sent video', () => {
  it('has the full size when the server has no simulcast', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.publishStream({ camera: true });
    expect(sent('video').encodings).toMatchObject([
      { rid: 'q', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
    ]);
    expect(sent('video').degradationPreference).toBe('maintain-framerate');
    expect(sent('video').track?.contentHint).toBe('motion');
  });

  it('stays sharp for a screen', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ screen: true });
    expect(sent('video').degradationPreference).toBe('maintain-resolution');
    expect(shown(mine, 'video').contentHint).toBe('detail');
  });

  it('degrades as the app prefers', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true, degradationPreference: 'balanced' });
    expect(sent('video').degradationPreference).toBe('balanced');
    await mine.setVideoBitrate(200_000);
    expect(sent('video').degradationPreference).toBe('balanced');
  });

  it('works without support for encodings and parameters', async () => {
    vi.stubGlobal('RTCPeerConnection', PickyPeerConnection);
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    expect(sent('video').encodings).toEqual([{}]);
    await mine.unpublish();
  });

  it('is limited locally and at the server; an invalid limit is refused', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    await mine.setVideoBitrate(200_000);
    expect(sent('video').encodings).toMatchObject([{ maxBitrate: 200_000 }]);
    expect(server.callsOf('updatePublishedStreamBitrate')).toEqual([
      { streamId: mine.id, videoBitrate: 200_000 },
    ]);
    for (const accepted of [30_000, 0]) await mine.setVideoBitrate(accepted);
    for (const bad of [-1, 1.5, 29_999, 30_000.5, Number.NaN, Infinity]) {
      await expect(mine.setVideoBitrate(bad)).rejects.toMatchObject({ code: 'ERR_INVALID_OPTIONS' });
    }
    await expect(ada.publishStream({ camera: true, videoBitrateBps: 5 })).rejects.toMatchObject({
      code: 'ERR_INVALID_OPTIONS',
    });
  });
});

describe('a camera that is muted', () => {
  it('is freed, and opens again when it is unmuted', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true, microphone: true });
    await mine.mute('video');
    expect(states()).toEqual(['live', 'ended']);
    await mine.unmute('video');
    expect(states()).toEqual(['live', 'ended', 'live']);
    expect(sent('video').track).toBe(shown(mine, 'video'));
    expect(sent('video').track).toMatchObject({ enabled: true, readyState: 'live', contentHint: 'motion' });
    await mine.mute('audio');
    expect(shown(mine, 'audio').readyState).toBe('live');
    await mine.unpublish();
    expect(new Set(states())).toEqual(new Set(['ended']));
  });

  it('stays open when the app keeps it or owns the track', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    await mine.mute('video', { keepDevice: true });
    expect(states()).toEqual(['live']);
    await mine.unmute('video');
    const own = await ada.publishStream({ mediaStream: aMediaStream('video'), type: 'CAM' });
    await own.mute('video');
    expect(shown(own, 'video')).toMatchObject({ readyState: 'live', enabled: false });
  });

  it('stays muted when it cannot be opened again', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    await mine.mute('video');
    page.navigator.mediaDevices = { getUserMedia: noCamera };
    await expect(mine.unmute('video')).rejects.toMatchObject({ code: 'ERR_DEVICE_NOT_FOUND' });
    expect(mine.isMuted('video')).toBe(true);
    expect(server.conference?.metadata).toHaveProperty([`TRACK_MUTED/video/${mine.id}`]);
  });
});

describe('switching', () => {
  it('sends another camera without a negotiation and frees the first', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    const first = shown(mine, 'video');
    await mine.switchTo({ camera: { deviceId: 'other', width: 640 } });
    expect(first.readyState).toBe('ended');
    expect(sent('video').track).toBe(shown(mine, 'video'));
    expect(sent('video').track).not.toBe(first);
    expect(server.callsOf('publishStream')).toHaveLength(1);
  });

  it('encodes for the size of the current track', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    await mine.switchTo({ camera: aTrack('video', { width: 640, height: 360, frameRate: 20 }) });
    expect(sent('video').encodings).toMatchObject([{ maxBitrate: 450_000, maxFramerate: 20 }]);
    const own = sent('video').track;
    await mine.unpublish();
    expect(own?.readyState).toBe('live');
  });

  it('keeps the old camera when the new one cannot be opened', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    page.navigator.mediaDevices = { getUserMedia: noCamera };
    await expect(mine.switchTo({ camera: true })).rejects.toMatchObject({ code: 'ERR_DEVICE_NOT_FOUND' });
    expect(shown(mine, 'video').readyState).toBe('live');
    await expect(mine.switchTo({ microphone: true })).rejects.toMatchObject({
      code: 'ERR_STREAM_TYPE_MISMATCH',
    });
  });

  it('opens a camera that is muted and freed only when it is unmuted', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    await mine.mute('video');
    const request = vi.fn<() => MediaTrackConstraints>(() => ({ deviceId: 'other' }));
    await mine.switchTo({ camera: request });
    expect(request).not.toHaveBeenCalled();
    await mine.unmute('video');
    expect(request).toHaveBeenCalledOnce();
  });
});

describe('a processor', () => {
  it('processes every device until it is removed', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    const raw = shown(mine, 'video');
    const made: { readonly track: MediaStreamTrack; readonly signal: AbortSignal }[] = [];
    await mine.setProcessor('video', {
      process: async (_track, signal) => {
        const track = aTrack('video');
        made.push({ track, signal });
        return track;
      },
    });
    expect(sent('video').track).toBe(made[0]?.track);
    expect(raw.readyState).toBe('live');
    await mine.switchTo({ camera: true });
    expect(sent('video').track).toBe(made[1]?.track);
    expect(made.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    expect(raw.readyState).toBe('ended');
    await mine.setProcessor('video', undefined);
    expect(made.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(sent('video').track).toBe(capturedTracks.at(-1));
  });

  it('is stopped with its stream', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    const signals: AbortSignal[] = [];
    await mine.setProcessor('video', {
      process: async (_track, signal) => {
        signals.push(signal);
        return aTrack('video');
      },
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await mine.unpublish();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('changes nothing when it fails', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    const raw = sent('video').track;
    const failing = { process: () => Promise.reject(new Error('no model')) };
    await expect(mine.setProcessor('video', failing)).rejects.toThrow('no model');
    expect(sent('video').track).toBe(raw);
    await mine.switchTo({ camera: true });
  });
});

describe('a device that the system takes away', () => {
  it('is replaced by another one', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    const mine = await ada.publishStream({ camera: { deviceId: { exact: 'usb' } } });
    shown(mine, 'video').endByBrowser();
    await settle();
    expect(states()).toEqual(['ended', 'live']);
    expect(sent('video').track).toBe(shown(mine, 'video'));
    expect(heard).toEqual([]);
  });

  it('is reported and muted when no other device exists', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    const mine = await ada.publishStream({ camera: true });
    page.navigator.mediaDevices = { getUserMedia: noCamera };
    shown(mine, 'video').endByBrowser();
    await settle();
    expect(heard).toEqual(['error ERR_DEVICE_LOST', `metadata-updated TRACK_MUTED/video/${mine.id}=true`]);
    expect(mine.isMuted('video')).toBe(true);
    useFakeBrowserDevices();
    await mine.unmute('video');
    expect(shown(mine, 'video').readyState).toBe('live');
  });
});

/** Plugs all devices in again. */
function useFakeBrowserDevices(): void {
  page.navigator.mediaDevices = { getUserMedia: async () => aMediaStream('video') };
}
