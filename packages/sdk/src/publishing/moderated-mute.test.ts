import { describe, expect, it, vi } from 'vitest';
import { fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { selectMuted, selectMutedBy } from '../conventions/track-mute.ts';
import type { TrackKind } from '../stream-kinds.ts';
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
let host: Conference;

useFakeConference(async (fakes) => {
  ({ server, page } = fakes);
  server.hasModeration = true;
  server.moderation.permit('host', { moderate: true });
  ada = await joinAs(server, 'ada');
  host = await joinAs(server, 'host');
});

/** The host mutes ada's streams at the server; nobody has heard of it yet. */
async function muteAda(kind: TrackKind): Promise<void> {
  await server.api('host').muteParticipant({
    conferenceId: 'room',
    userEndpointId: host.endpointId,
    participantId: ada.endpointId,
    kind,
  });
}

const writerOf = (stream: PublishedStream, kind: TrackKind) =>
  server.conference?.metadata[`TRACK_MUTED/${kind}/${stream.id}`]?.userId;
const isOn = (stream: PublishedStream, kind: TrackKind) =>
  fakeTracks(stream.mediaStream).some(
    (track) => track.kind === kind && track.enabled && track.readyState === 'live',
  );
const states = () => capturedTracks.map(({ kind, readyState }) => `${kind} ${readyState}`);
const byHost = () => ({ userId: 'host', endpointId: host.endpointId });

/** What the publisher says, what leaves, and what everyone sees must agree. */
function expectMuted(stream: PublishedStream, kind: TrackKind, isMuted: boolean): void {
  expect({
    says: stream.isMuted(kind),
    sends: isOn(stream, kind),
    isShown: writerOf(stream, kind) !== undefined,
  }).toEqual({ says: isMuted, sends: !isMuted, isShown: isMuted });
}

it('stops the kind like a mute of our own, and says who did it', async () => {
  const mine = await ada.publishStream({ camera: true, microphone: true });
  await settle();
  const heard = listenTo(ada);
  await muteAda('video');
  await muteAda('audio');
  await settle();
  expectMuted(mine, 'video', true);
  expectMuted(mine, 'audio', true);
  // The camera is freed, the microphone is kept.
  expect(states()).toEqual(['audio live', 'video ended']);
  expect(mine.mutedBy('video')).toEqual(byHost());
  expect(heard.filter((line) => line.startsWith('muted'))).toEqual([
    'muted-by-moderator MIC_AND_CAM video host',
    'muted-by-moderator MIC_AND_CAM audio host',
  ]);
  // The server has the entry already.
  expect(server.callsOf('updateMetadata')).toEqual([]);
});

it('shows viewers who muted the stream, but not a mute of its publisher as one of a moderator', async () => {
  const mine = await ada.publishStream({ microphone: true });
  await mine.mute('audio');
  await settle();
  const read = () => {
    const snapshot = host.state.getSnapshot();
    return [selectMuted(snapshot, mine.id, 'audio'), selectMutedBy(snapshot, mine.id, 'audio')];
  };
  expect(read()).toEqual([true, undefined]);
  await muteAda('audio');
  await settle();
  expect(read()).toEqual([true, byHost()]);
  expect(read()[1]).toBe(read()[1]);
  await mine.unmute('audio');
  await settle();
  expect(read()).toEqual([false, undefined]);
});

it('goes on after unmute, which removes the entry first', async () => {
  const mine = await ada.publishStream({ camera: true });
  await settle();
  await muteAda('video');
  await settle();
  server.intercept = ({ operation }) => {
    if (operation === 'updateMetadata') expect(isOn(mine, 'video')).toBe(false);
  };
  await mine.unmute('video');
  await settle();
  expectMuted(mine, 'video', false);
  expect(mine.mutedBy('video')).toBeUndefined();
  expect(states()).toEqual(['video ended', 'video live']);
  await muteAda('video');
  await settle();
  expectMuted(mine, 'video', true);
});

it('stays muted when unmuting fails', async () => {
  const mine = await ada.publishStream({ microphone: true });
  await settle();
  await muteAda('audio');
  await settle();
  server.intercept = ({ operation }) => {
    if (operation === 'updateMetadata') throw broken(operation);
  };
  const unmuting = rejectionOf(mine.unmute('audio'));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await unmuting).toMatchObject({ code: 'ERR_CONNECTION' });
  expectMuted(mine, 'audio', true);
  expect(mine.mutedBy('audio')).toEqual(byHost());
});

it('is not fooled by enabling the track', async () => {
  const mine = await ada.publishStream({ microphone: true });
  await settle();
  await muteAda('audio');
  await settle();
  const [track] = fakeTracks(mine.mediaStream);
  if (track) track.enabled = true;
  await settle();
  expectMuted(mine, 'audio', true);
});

describe('a mute by a moderator', () => {
  it('that arrives while we are offline is followed on return', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await settle();
    page.setOnline(false);
    await muteAda('audio');
    await settle();
    page.setOnline(true);
    await settle();
    expectMuted(mine, 'audio', true);
    expect(mine.mutedBy('audio')).toEqual(byHost());
  });

  it('that only a snapshot shows is followed', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await settle();
    let isLost = true;
    server.distort = (events) => (isLost ? events.slice(1) : events);
    await muteAda('audio');
    await host.setMetadata('topic', 'x');
    await vi.advanceTimersByTimeAsync(5_000);
    isLost = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expectMuted(mine, 'audio', true);
  });

  it('is announced once, although snapshots repeat it', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await settle();
    const heard = listenTo(ada);
    await muteAda('audio');
    await settle();
    // The event with the topic is lost, so ada reads the whole state again.
    let isLost = true;
    server.distort = (events) => (isLost ? events.slice(1) : events);
    await host.setMetadata('topic', 'x');
    await host.setMetadata('page', '2');
    await vi.advanceTimersByTimeAsync(5_000);
    isLost = false;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ada.state.getSnapshot().conference.metadata['topic']?.value).toBe('x');
    expect(heard.filter((line) => line.startsWith('muted'))).toHaveLength(1);
    expectMuted(mine, 'audio', true);
  });

  it('holds when the stream is restored under another id', async () => {
    const mine = await ada.publishStream({ camera: true });
    await settle();
    const formerId = mine.id;
    await muteAda('video');
    await settle();
    server.loseMedia();
    await settle();
    expect(mine.id).not.toBe(formerId);
    expectMuted(mine, 'video', true);
    expect(mine.mutedBy('video')).toEqual(byHost());
    const ours = `TRACK_MUTED/video/${mine.id}`;
    expect(
      server.callsOf('updateMetadata').filter((call) => (call as { key: string }).key === ours),
    ).toHaveLength(1);
    await mine.unmute('video');
    await settle();
    expectMuted(mine, 'video', false);
    expect(mine.mutedBy('video')).toBeUndefined();
  });

  it('of the restored stream counts, even before the answer to its offer', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await settle();
    const gate = new Deferred<void>();
    server.intercept = ({ operation }) =>
      operation === 'addPublishStreamIceCandidates' ? gate.promise : undefined;
    server.loseMedia();
    await settle();
    await muteAda('audio');
    await settle();
    gate.resolve();
    await settle();
    expectMuted(mine, 'audio', true);
    expect(mine.mutedBy('audio')).toEqual(byHost());
  });

  it('counts before publishing is complete', async () => {
    server.intercept = ({ operation }) => {
      if (operation === 'addPublishStreamIceCandidates') server.intercept = () => {};
    };
    const publishing = ada.publishStream({ camera: true });
    await vi.waitFor(() => expect(server.conference?.participants[0]?.streams).toHaveLength(1));
    await muteAda('video');
    const mine = await publishing;
    await settle();
    expectMuted(mine, 'video', true);
  });

  it('holds after rejoining', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await settle();
    await muteAda('audio');
    await settle();
    server.endpoints.delete(ada.endpointId);
    server.removeEndpoint(ada.endpointId);
    await settle();
    expectMuted(mine, 'audio', true);
  });

  it('that arrives while unmute opens the device wins, and frees the device', async () => {
    const mine = await ada.publishStream({ camera: true });
    await mine.mute('video');
    await settle();
    const gate = new Deferred<void>();
    const { mediaDevices } = page.navigator;
    const open = mediaDevices?.getUserMedia?.bind(mediaDevices);
    if (!mediaDevices || !open) throw new Error('There are no devices.');
    mediaDevices.getUserMedia = async (constraints) => {
      await gate.promise;
      return open(constraints);
    };
    const unmuting = mine.unmute('video').catch(() => {});
    await settle();
    await muteAda('video');
    await settle();
    gate.resolve();
    await unmuting;
    await settle();
    expectMuted(mine, 'video', true);
    expect(states().filter((state) => state.endsWith('live'))).toEqual([]);
  });

  it.each(['before', 'after'])(
    'that reaches the server %s the removal of an entry ends muted',
    async (when) => {
      const mine = await ada.publishStream({ microphone: true });
      await mine.mute('audio');
      await settle();
      const gate = new Deferred<void>();
      const real = server.api('ada');
      void real;
      server.intercept = async ({ operation }) => {
        if (operation !== 'updateMetadata') return;
        server.intercept = () => {};
        if (when === 'before') {
          await muteAda('audio');
          await gate.promise;
        } else {
          // The removal takes effect right after this, and its answer waits for the events.
          queueMicrotask(() => void muteAda('audio'));
        }
      };
      const unmuting = mine.unmute('audio').catch(() => {});
      await settle();
      gate.resolve();
      await unmuting;
      await settle();
      expectMuted(mine, 'audio', true);
      await mine.unmute('audio');
      await settle();
      expectMuted(mine, 'audio', false);
    },
  );

  it('holds while a device is replaced', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await settle();
    const switching = mine.switchTo({ microphone: { deviceId: 'other' } });
    await muteAda('audio');
    await switching;
    await settle();
    expectMuted(mine, 'audio', true);
  });

  it('holds after a hold of the conference', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await settle();
    await host.hold();
    await settle();
    await muteAda('audio');
    await settle();
    await host.resume();
    await settle();
    expectMuted(mine, 'audio', true);
  });

  it('is announced as our own when somebody removes its entry while we stay muted', async () => {
    const mine = await ada.publishStream({ microphone: true });
    await settle();
    await muteAda('audio');
    await settle();
    const key = `TRACK_MUTED/audio/${mine.id}`;
    const who = { userId: 'host', userEndpointId: host.endpointId };
    server.append({ type: 'ConferenceMetadataUpdatedEvent', ...who, operation: 'REMOVE', key, value: '' });
    await settle();
    expectMuted(mine, 'audio', true);
    expect(writerOf(mine, 'audio')).toBe('ada');
  });
});

it('does not obey such an entry on a server where anyone can write it', async () => {
  server.hasModeration = false;
  const bob = await joinAs(server, 'bob');
  const mine = await bob.publishStream({ microphone: true });
  await settle();
  await ada.setMetadata(`TRACK_MUTED/audio/${mine.id}`, 'true');
  await settle();
  expect(mine.isMuted('audio')).toBe(false);
  expect(selectMutedBy(ada.state.getSnapshot(), mine.id, 'audio')).toBeUndefined();
});
