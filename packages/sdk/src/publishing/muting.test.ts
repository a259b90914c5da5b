import { describe, expect, it, vi } from 'vitest';
import { aMediaStream, aTrack, fakeTracks, type FakeTrack } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { createPreview } from '../preview/create-preview.ts';
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

const entries = () =>
  Object.keys(server.conference?.metadata ?? {}).filter((key) => key.startsWith('TRACK_MUTED'));
const states = () => capturedTracks.map(({ kind, readyState }) => `${kind} ${readyState}`);

function trackOf(stream: PublishedStream, kind: 'audio' | 'video'): FakeTrack {
  const track = fakeTracks(stream.mediaStream).find((one) => one.kind === kind);
  if (!track) throw new Error(`There is no ${kind}.`);
  return track;
}

/** Another participant changes the conference's metadata. */
function set(key: string, value: string | undefined): void {
  const operation = value === undefined ? 'REMOVE' : 'SET';
  const who = { userId: 'bob', userEndpointId: 'bob' };
  server.append({ type: 'ConferenceMetadataUpdatedEvent', ...who, operation, key, value: value ?? '' });
}

/** Lets `act` handle each announcement of a mute, until it returns. */
function onAnnouncement(act: () => void | Promise<void>): void {
  server.intercept = ({ operation }) => (operation === 'updateMetadata' ? act() : undefined);
}

function failAnnouncements(): void {
  onAnnouncement(() => {
    throw broken('updateMetadata');
  });
}

function refuseAnnouncements(): void {
  onAnnouncement(() => {
    throw forbidden('updateMetadata');
  });
}

function workAgain(): void {
  server.intercept = () => {};
}

describe('a track that the app disabled', () => {
  it('is published muted, which the server knows before the stream', async () => {
    const mediaStream = aMediaStream('audio');
    const [track] = fakeTracks(mediaStream);
    if (track) track.enabled = false;
    const mine = await ada.publishStream({ mediaStream, type: 'MIC' });
    expect(track?.enabled).toBe(false);
    expect(mine.isMuted('audio')).toBe(true);
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
    const operations = server.calls.map(({ operation }) => operation);
    expect(operations.indexOf('updateMetadata')).toBeLessThan(operations.indexOf('publishStream'));
    await mine.unmute('audio');
    expect(track?.enabled).toBe(true);
    expect(entries()).toEqual([]);
  });

  it('is published muted from a preview, too', async () => {
    const preview = await createPreview({ microphone: true });
    const [track] = fakeTracks(preview.mediaStream);
    if (track) track.enabled = false;
    const mine = await ada.publishStream({ preview });
    expect(track?.enabled).toBe(false);
    expect(mine.isMuted('audio')).toBe(true);
  });

  it("stays off whatever other participants change, and after a hold's end", async () => {
    const mine = await ada.publishStream({ microphone: true });
    const track = trackOf(mine, 'audio');
    track.enabled = false;
    set('topic', 'x');
    await settle();
    expect(track.enabled).toBe(false);
    set('ON_HOLD', 'true');
    await settle();
    set('ON_HOLD', undefined);
    await settle();
    expect(track.enabled).toBe(false);
  });

  it('stays off when the app disabled it during a hold', async () => {
    const mine = await ada.publishStream({ microphone: true });
    set('ON_HOLD', 'true');
    await settle();
    trackOf(mine, 'audio').enabled = false;
    set('ON_HOLD', undefined);
    await settle();
    expect(trackOf(mine, 'audio').enabled).toBe(false);
  });

  it('is shown as muted to all participants until the app enables it', async () => {
    const mine = await ada.publishStream({ microphone: true });
    trackOf(mine, 'audio').enabled = false;
    await settle();
    expect(mine.isMuted('audio')).toBe(true);
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
    trackOf(mine, 'audio').enabled = true;
    await settle();
    expect(mine.isMuted('audio')).toBe(false);
    expect(entries()).toEqual([]);
  });

  it.each([
    ['another device', true],
    ['an enabled track of the app', aTrack('audio')],
  ])('stays off when the stream is switched to %s', async (_what, microphone) => {
    const mine = await ada.publishStream({ microphone: true });
    trackOf(mine, 'audio').enabled = false;
    await mine.switchTo({ microphone });
    expect(trackOf(mine, 'audio').enabled).toBe(false);
    expect(mine.isMuted('audio')).toBe(true);
  });

  it('mutes the stream when it is switched to', async () => {
    const mine = await ada.publishStream({ microphone: true });
    const own = aTrack('audio');
    own.enabled = false;
    await mine.switchTo({ microphone: own });
    await settle();
    expect(own.enabled).toBe(false);
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
  });

  it('keeps what the app last assigned after the stream ended, but is not turned on by it', async () => {
    const mediaStream = aMediaStream('audio');
    const first = await ada.publishStream({ mediaStream, type: 'MIC' });
    await first.mute('audio');
    await first.unpublish();
    expect(fakeTracks(mediaStream)[0]?.enabled).toBe(false);
    const second = await ada.publishStream({ mediaStream, type: 'MIC' });
    expect(second.isMuted('audio')).toBe(true);
    await second.unmute('audio');
    await second.unpublish();
    expect(fakeTracks(mediaStream)[0]?.enabled).toBe(true);
  });
});

it('a muted track stays off when the app enables it', async () => {
  const mine = await ada.publishStream({ microphone: true });
  await mine.mute('audio');
  trackOf(mine, 'audio').enabled = true;
  expect(trackOf(mine, 'audio').enabled).toBe(false);
  expect(mine.isMuted('audio')).toBe(true);
});

it('a track in two streams is sent only while both are unmuted', async () => {
  const mediaStream = aMediaStream('audio');
  const [one, two] = [
    await ada.publishStream({ mediaStream, type: 'MIC' }),
    await ada.publishStream({ mediaStream, type: 'MIC' }),
  ];
  await one.mute('audio');
  await two.mute('audio');
  await one.unmute('audio');
  expect(fakeTracks(mediaStream)[0]?.enabled).toBe(false);
  await two.unmute('audio');
  expect(fakeTracks(mediaStream)[0]?.enabled).toBe(true);
});

it('a track stays muted in a stream when another stream that published it ends', async () => {
  const mediaStream = aMediaStream('audio');
  const [track] = fakeTracks(mediaStream);
  const one = await ada.publishStream({ mediaStream, type: 'MIC' });
  const two = await ada.publishStream({ mediaStream, type: 'MIC' });
  await two.mute('audio');
  await one.unpublish();
  if (track) track.enabled = true;
  expect(track?.enabled).toBe(false);
});

describe('muting', () => {
  it('stays while the network fails, and is announced once it works', async () => {
    const mine = await ada.publishStream({ microphone: true });
    failAnnouncements();
    const muting = mine.mute('audio');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(trackOf(mine, 'audio').enabled).toBe(false);
    expect(mine.isMuted('audio')).toBe(true);
    workAgain();
    await vi.advanceTimersByTimeAsync(5_000);
    await muting;
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
  });

  it('rejects after ten seconds without an answer, stays muted, and is announced later', async () => {
    const mine = await ada.publishStream({ microphone: true });
    failAnnouncements();
    const failure = rejectionOf(mine.mute('audio'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await failure).toMatchObject({ code: 'ERR_MUTE_NOT_ANNOUNCED', kind: 'audio', streamId: mine.id });
    expect(trackOf(mine, 'audio').enabled).toBe(false);
    workAgain();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
  });

  it('stays when the server refuses, says so once, and is announced when the server accepts it', async () => {
    const mine = await ada.publishStream({ microphone: true });
    const heard = listenTo(ada);
    refuseAnnouncements();
    await expect(mine.mute('audio')).rejects.toMatchObject({
      code: 'ERR_MUTE_NOT_ANNOUNCED',
      cause: { code: 'ERR_FORBIDDEN' },
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toEqual(['error ERR_MUTE_NOT_ANNOUNCED']);
    expect(mine.isMuted('audio')).toBe(true);
    expect(trackOf(mine, 'audio').enabled).toBe(false);
    workAgain();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
  });

  it('frees the camera without waiting for the server', async () => {
    const mine = await ada.publishStream({ camera: true });
    failAnnouncements();
    mine.mute('video').catch(() => {});
    expect(states()).toEqual(['video ended']);
    await mine.unpublish();
  });

  it('closes a camera that a switch was opening', async () => {
    const mine = await ada.publishStream({ camera: true });
    const prompt = holdPrompt();
    const switching = mine.switchTo({ camera: { deviceId: 'other' } });
    await settle();
    await mine.mute('video');
    prompt.resolve();
    await switching;
    expect(states()).toEqual(['video ended', 'video ended']);
  });

  it('is announced after the server lost the stream, and the former entry is removed', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await mine.mute('audio');
    const formerId = mine.id;
    server.loseMedia();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(mine.id).not.toBe(formerId);
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
  });

  it('is announced after rejoining if it failed before', async () => {
    const mine = await ada.publishStream({ microphone: true });
    failAnnouncements();
    mine.mute('audio').catch(() => {});
    await settle();
    server.removeEndpoint(ada.endpointId);
    await vi.advanceTimersByTimeAsync(1_000);
    workAgain();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
  });

  it.each([
    ['is unpublished', (mine: PublishedStream) => mine.unpublish()],
    ['is left with', () => ada.leave()],
  ])('removes the entry when the stream %s', async (_how, end) => {
    const mine = await ada.publishStream({ microphone: true });
    await mine.mute('audio');
    await end(mine);
    await settle();
    expect(entries()).toEqual([]);
  });
});

it('removes the entry of a stream that ended while it was being announced', async () => {
  const mine = await ada.publishStream({ microphone: true });
  const gate = new Deferred<void>();
  onAnnouncement(() => gate.promise);
  mine.mute('audio').catch(() => {});
  await settle();
  workAgain();
  await mine.unpublish();
  gate.resolve();
  await settle();
  expect(entries()).toEqual([]);
});

describe('unmuting', () => {
  it('opens the device, removes the entry, and only then sends', async () => {
    const mine = await ada.publishStream({ camera: true });
    await mine.mute('video');
    const gate = new Deferred<void>();
    onAnnouncement(() => gate.promise);
    const unmuting = mine.unmute('video');
    await settle();
    expect(states()).toEqual(['video ended', 'video live']);
    expect(trackOf(mine, 'video').enabled).toBe(false);
    expect(mine.isMuted('video')).toBe(true);
    gate.resolve();
    await unmuting;
    expect(trackOf(mine, 'video').enabled).toBe(true);
    expect(entries()).toEqual([]);
  });

  it('stays muted, and shown as such, when the server cannot be reached', async () => {
    const mine = await ada.publishStream({ microphone: true, camera: true });
    await mine.mute('audio');
    await mine.mute('video');
    failAnnouncements();
    const failures = Promise.all([rejectionOf(mine.unmute('audio')), rejectionOf(mine.unmute('video'))]);
    await vi.advanceTimersByTimeAsync(20_000);
    for (const failure of await failures) expect(failure).toMatchObject({ code: 'ERR_CONNECTION' });
    expect(trackOf(mine, 'audio').enabled).toBe(false);
    // Each device is kept or freed as the last `mute` asked.
    expect(states()).toEqual(['audio live', 'video ended', 'video ended']);
    workAgain();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(entries()).toHaveLength(2);
  });

  it('is overridden by mute while it is being announced', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await mine.mute('audio');
    const gate = new Deferred<void>();
    onAnnouncement(() => gate.promise);
    const unmuting = mine.unmute('audio');
    await settle();
    const muting = mine.mute('audio');
    workAgain();
    gate.resolve();
    await Promise.all([unmuting, muting]);
    expect(trackOf(mine, 'audio').enabled).toBe(false);
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
  });

  it('is overridden by the app that disables the track meanwhile, also one that it disabled before', async () => {
    const mine = await ada.publishStream({ microphone: true });
    const track = trackOf(mine, 'audio');
    track.enabled = false;
    await settle();
    const gate = new Deferred<void>();
    onAnnouncement(() => gate.promise);
    const unmuting = mine.unmute('audio');
    await settle();
    track.enabled = false;
    workAgain();
    gate.resolve();
    await unmuting;
    await settle();
    expect(track.enabled).toBe(false);
    expect(mine.isMuted('audio')).toBe(true);
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
  });

  it('by the app that enables the track leaves a true entry when its answer is lost', async () => {
    const mine = await ada.publishStream({ microphone: true });
    const track = trackOf(mine, 'audio');
    track.enabled = false;
    await settle();
    onAnnouncement(() => {
      set(`TRACK_MUTED/audio/${mine.id}`, undefined);
      throw broken('updateMetadata');
    });
    track.enabled = true;
    await vi.advanceTimersByTimeAsync(20_000);
    workAgain();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(entries().length > 0).toBe(mine.isMuted('audio'));
    expect(track.enabled).toBe(!mine.isMuted('audio'));
  });

  it('by the app that enables the track reports a ParleyError, whatever code of the app threw', async () => {
    let fails = false;
    const microphone = () => {
      if (fails) throw new RangeError('a bug of the app');
      return true;
    };
    const mine = await ada.publishStream({ microphone });
    const heard = listenTo(ada);
    const track = trackOf(mine, 'audio');
    track.enabled = false;
    await settle();
    fails = true;
    track.stop();
    track.enabled = true;
    await settle();
    expect(heard).toContain('error ERR_UNEXPECTED');
    expect(mine.isMuted('audio')).toBe(true);
  });

  it('opens the device once when it is called twice', async () => {
    const mine = await ada.publishStream({ camera: true });
    await mine.mute('video');
    await Promise.all([mine.unmute('video'), mine.unmute('video')]);
    expect(states()).toEqual(['video ended', 'video live']);
  });

  it('is overridden by mute during the permission prompt, and a late camera is closed', async () => {
    const mine = await ada.publishStream({ camera: true });
    await mine.mute('video');
    const prompt = holdPrompt();
    const unmuting = mine.unmute('video');
    await settle();
    await mine.mute('video');
    await unmuting;
    prompt.resolve();
    await settle();
    expect(states()).toEqual(['video ended', 'video ended']);
    expect(mine.isMuted('video')).toBe(true);
  });

  it('stays muted when a processor fails', async () => {
    const mine = await ada.publishStream({ camera: true });
    await mine.mute('video');
    await mine.setProcessor('video', { process: () => Promise.reject(new Error('no model')) });
    await expect(mine.unmute('video')).rejects.toThrow('no model');
    expect(states()).toEqual(['video ended', 'video ended']);
    expect(entries()).toEqual([`TRACK_MUTED/video/${mine.id}`]);
  });

  it('rejects when only the app can replace the track', async () => {
    const mediaStream = aMediaStream('audio');
    const mine = await ada.publishStream({ mediaStream, type: 'MIC' });
    await mine.mute('audio');
    fakeTracks(mediaStream)[0]?.stop();
    await expect(mine.unmute('audio')).rejects.toMatchObject({ code: 'ERR_TRACK_ENDED', kind: 'audio' });
    expect(mine.isMuted('audio')).toBe(true);
  });
});

describe('a stream that starts muted', () => {
  it.each([
    [true, ['audio live'], ['audio', 'video']],
    [{ video: true }, ['audio live'], ['video']],
    [{ audio: true }, ['audio live', 'video live'], ['audio']],
  ] as const)('opens no muted camera, and is announced first: %o', async (muted, devices, kinds) => {
    const mine = await ada.publishStream({ camera: true, microphone: true, muted });
    expect(mine.type).toBe('MIC_AND_CAM');
    expect(states()).toEqual(devices);
    expect(entries()).toEqual(kinds.map((kind) => `TRACK_MUTED/${kind}/${mine.id}`));
    for (const kind of kinds) {
      expect(mine.isMuted(kind)).toBe(true);
      await mine.unmute(kind);
      expect(trackOf(mine, kind)).toMatchObject({ enabled: true, readyState: 'live' });
    }
    expect(trackOf(mine, 'video').contentHint).toBe('motion');
    expect(states()).toEqual(['audio live', 'video live']);
    expect(entries()).toEqual([]);
  });

  it('frees the camera of its preview', async () => {
    const preview = await createPreview({ camera: true, microphone: true });
    const mine = await ada.publishStream({ preview, muted: { video: true } });
    expect(states()).toEqual(['audio live', 'video ended']);
    await mine.unmute('video');
    expect(states()).toEqual(['audio live', 'video ended', 'video live']);
  });

  it('may be published together with joining', async () => {
    const bob = await joinAs(server, 'bob', { publish: { camera: true, muted: true } });
    const mine = await bob.published;
    expect(states()).toEqual([]);
    expect(mine?.isMuted('video')).toBe(true);
  });

  it('is announced after it was published if that failed before', async () => {
    let isFirst = true;
    onAnnouncement(() => {
      if (!isFirst) return;
      isFirst = false;
      throw broken('updateMetadata');
    });
    const mine = await ada.publishStream({ microphone: true, muted: true });
    await settle();
    expect(entries()).toEqual([`TRACK_MUTED/audio/${mine.id}`]);
  });

  it('leaves no entry when it cannot be published', async () => {
    server.intercept = ({ operation }) => {
      if (operation === 'publishStream') throw forbidden(operation);
    };
    await expect(ada.publishStream({ microphone: true, muted: true })).rejects.toMatchObject({
      code: 'ERR_FORBIDDEN',
    });
    await settle();
    expect(entries()).toEqual([]);
  });
});

it('a stream published during a hold sends nothing before the end of the hold', async () => {
  set('ON_HOLD', 'true');
  await settle();
  let wasEnabled: boolean | undefined;
  server.intercept = ({ operation }) => {
    if (operation === 'publishStream') wasEnabled = capturedTracks[0]?.enabled;
  };
  const mine = await ada.publishStream({ microphone: true });
  expect([wasEnabled, trackOf(mine, 'audio').enabled]).toEqual([false, false]);
  set('ON_HOLD', undefined);
  await settle();
  expect(trackOf(mine, 'audio').enabled).toBe(true);
});

it('a stream that is being published obeys a hold that begins meanwhile', async () => {
  const gate = new Deferred<void>();
  server.intercept = ({ operation }) => (operation === 'publishStream' ? gate.promise : undefined);
  const publishing = ada.publishStream({ microphone: true });
  await vi.waitUntil(() => server.callsOf('publishStream').length > 0);
  set('ON_HOLD', 'true');
  await settle();
  expect(capturedTracks[0]?.enabled).toBe(false);
  gate.resolve();
  await publishing;
});

/** Keeps the next permission prompt open until the result is resolved. */
function holdPrompt(): Deferred<void> {
  const prompt = new Deferred<void>();
  const { getUserMedia } = page.navigator.mediaDevices ?? {};
  page.navigator.mediaDevices = {
    getUserMedia: async (constraints) => {
      await prompt.promise;
      if (!getUserMedia) throw new Error('There are no devices.');
      return getUserMedia(constraints);
    },
  };
  return prompt;
}
