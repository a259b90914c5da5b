import { describe, expect, it, vi } from 'vitest';
import { aTrack, fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { Deferred } from '../testing/deferred.ts';
import { capturedTracks } from '../testing/fake-browser.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { PublishedStream } from './published-stream.ts';

let server: FakeServer;
let page: FakePage;
let ada: Conference;

useFakeConference(async (fakes) => {
  ({ server, page } = fakes);
  ada = await joinAs(server, 'ada');
});

const entries = () => Object.keys(server.conference?.metadata ?? {});

it('the server says that a stream is muted before it has the stream', async () => {
  const knownAtOffer: string[][] = [];
  server.intercept = ({ operation }) => {
    if (operation === 'publishStream') knownAtOffer.push(entries());
  };
  const mine = await ada.publishStream({ camera: true, microphone: true, muted: true });
  expect(knownAtOffer).toEqual([[`TRACK_MUTED/audio/${mine.id}`, `TRACK_MUTED/video/${mine.id}`]]);
});

it.each([
  [{}, 1],
  [{ dtx: true }, 1],
  [{ dtx: false }, 0],
])('audio published with %o uses DTX: %d', async (options, usedtx) => {
  const applied: (string | undefined)[] = [];
  const original = Object.getOwnPropertyDescriptor(FakePeerConnection.prototype, 'setRemoteDescription');
  const set = original?.value as (description: RTCSessionDescriptionInit) => Promise<void>;
  vi.spyOn(FakePeerConnection.prototype, 'setRemoteDescription').mockImplementation(function apply(
    this: FakePeerConnection,
    description,
  ) {
    applied.push(description.sdp);
    return set.call(this, description);
  });
  const api = server.api('ada');
  const publish = api.publishStream.bind(api);
  vi.spyOn(server, 'api').mockReturnValue(api);
  vi.spyOn(api, 'publishStream').mockImplementation(async (...args) => {
    const { sdpAnswer = '', ...rest } = await publish(...args);
    return { ...rest, sdpAnswer: sdpAnswer.replace(/^(m=audio .*)$/m, '$1\na=rtpmap:111 opus/48000/2') };
  });
  const bob = await joinAs(server, 'bob');
  await bob.publishStream({ microphone: true, ...options });
  expect(applied[0]).toContain(`usedtx=${usedtx}`);
  vi.restoreAllMocks();
});

/** Every call of a published stream that acts, besides `unpublish`. */
const calls: Readonly<Record<string, (mine: PublishedStream) => Promise<unknown>>> = {
  mute: (mine) => mine.mute('video'),
  unmute: (mine) => mine.unmute('video'),
  switchTo: (mine) => mine.switchTo({ camera: { deviceId: 'another' } }),
  setProcessor: (mine) => mine.setProcessor('video', undefined),
  setVideoBitrate: (mine) => mine.setVideoBitrate(100_000),
  setMetadata: (mine) => mine.setMetadata({}),
};

it.each(Object.entries(calls))('%s refuses to act on a stream that was unpublished', async (_name, call) => {
  const mine = await ada.publishStream({ camera: true });
  await mine.unpublish();
  const sent = server.calls.length;
  expect(await rejectionOf(call(mine))).toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
  expect(server.calls).toHaveLength(sent);
});

it.each(Object.entries(calls).filter(([name]) => name !== 'setMetadata'))(
  '%s refuses video to a stream without any',
  async (_name, call) => {
    const mine = await ada.publishStream({ microphone: true });
    const sent = server.calls.length;
    expect(await rejectionOf(call(mine))).toMatchObject({ code: 'ERR_STREAM_TYPE_MISMATCH' });
    expect(server.calls).toHaveLength(sent);
  },
);

it('leaves no connection open when a track of the app has ended before it is published', async () => {
  const ended = aTrack('video');
  ended.stop();
  const mediaStream = new MediaStream([ended]);
  const refused = await rejectionOf(ada.publishStream({ mediaStream, type: 'CAM' }));
  expect(refused).toMatchObject({ code: 'ERR_TRACK_ENDED' });
  expect(FakePeerConnection.open.size).toBe(0);
});

it('a device that was chosen while muted is opened once, by the first unmute', async () => {
  const mine = await ada.publishStream({ camera: true });
  await mine.mute('video');
  await mine.switchTo({ camera: { deviceId: 'another' } });
  await mine.unmute('video');
  const opened = capturedTracks.length;
  await mine.mute('video', { keepDevice: true });
  await mine.unmute('video');
  expect(capturedTracks).toHaveLength(opened);
});

it('says nothing about a mute that could not be announced before its stream ended', async () => {
  const heard = listenTo(ada);
  const mine = await ada.publishStream({ microphone: true });
  server.intercept = ({ operation }) => {
    if (operation === 'updateMetadata') throw broken(operation);
  };
  const [track] = fakeTracks(mine.mediaStream);
  if (track) track.enabled = false;
  await settle();
  await mine.unpublish();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
});

describe('the last call wins', () => {
  it('so that a processor that was replaced before its turn never runs', async () => {
    const mine = await ada.publishStream({ camera: true });
    const opening = new Deferred<void>();
    const { mediaDevices } = page.navigator;
    const refuse = async () => {
      await opening.promise;
      throw new DOMException('gone', 'NotFoundError');
    };
    const { getUserMedia } = mediaDevices ?? {};
    Object.assign(mediaDevices ?? {}, { getUserMedia: refuse });
    const switching = mine.switchTo({ camera: { deviceId: 'slow' } }).catch(() => {});
    await settle();
    const processed: string[] = [];
    const named = (name: string) => ({
      process: async () => {
        processed.push(name);
        return aTrack('video');
      },
    });
    const first = mine.setProcessor('video', named('first')).catch(() => {});
    const second = mine.setProcessor('video', named('second'));
    opening.resolve();
    await Promise.all([switching, first, second]);
    Object.assign(mediaDevices ?? {}, { getUserMedia });
    expect(processed).toEqual(['second']);
  });

  it('also when unmute follows a mute that ended an earlier unmute', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await mine.mute('audio');
    const answer = new Deferred<void>();
    server.intercept = ({ operation }) => (operation === 'updateMetadata' ? answer.promise : undefined);
    const first = mine.unmute('audio').catch(() => {});
    await settle();
    const muted = mine.mute('audio');
    const last = mine.unmute('audio');
    server.intercept = () => {};
    answer.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all([first, muted.catch(() => {}), last]);
    expect(mine.isMuted('audio')).toBe(false);
    expect(fakeTracks(mine.mediaStream)[0]?.enabled).toBe(true);
    await settle();
    expect(entries()).toEqual([]);
  });

  it('so that a refused mute is not announced later, once the app has unmuted', async () => {
    const mine = await ada.publishStream({ microphone: true });
    server.intercept = ({ operation }) => {
      if (operation === 'updateMetadata') throw forbidden(operation);
    };
    expect(await rejectionOf(mine.mute('audio'))).toMatchObject({ code: 'ERR_MUTE_NOT_ANNOUNCED' });
    server.intercept = () => {};
    const unmuting = mine.unmute('audio');
    await vi.advanceTimersByTimeAsync(120_000);
    await unmuting;
    expect(entries()).toEqual([]);
    expect(mine.isMuted('audio')).toBe(false);
  });
});
