import { expect, it } from 'vitest';
import { fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { selectOnHold } from './hold.ts';
import { mutedKinds } from './muted-kinds.ts';
import { announcePortrait, selectPortrait } from './portrait.ts';
import { announceRecording, selectRecording } from './recording.ts';
import { selectMuted } from './track-mute.ts';

let server: FakeServer;
useFakeConference((fakes) => {
  ({ server } = fakes);
});

it('other participants see a mute for each kind of track', async () => {
  const ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const mine = await ada.publishStream({ camera: true, microphone: true });
  await mine.mute('audio');
  await settle();
  const muted = (kind: 'audio' | 'video') => selectMuted(bob.state.getSnapshot(), mine.id, kind);
  expect([muted('audio'), muted('video')]).toEqual([true, false]);
  await mine.unmute('audio');
  await settle();
  expect(muted('audio')).toBe(false);
});

it('shows a mute that another participant wrote for our stream, but neither mutes nor unmutes by it', async () => {
  const ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const mine = await ada.publishStream({ microphone: true });
  const isShown = () => selectMuted(ada.state.getSnapshot(), mine.id, 'audio');
  const isSending = () => fakeTracks(mine.mediaStream).map(({ enabled }) => enabled);
  await bob.setMetadata(`TRACK_MUTED/audio/${mine.id}`, 'true');
  await settle();
  expect([isShown(), mine.isMuted('audio'), isSending()]).toEqual([true, false, [true]]);
  await mine.mute('audio');
  await bob.removeMetadata(`TRACK_MUTED/audio/${mine.id}`);
  await settle();
  expect([isShown(), mine.isMuted('audio'), isSending()]).toEqual([false, true, [false]]);
});

it('hold turns off all devices, even of later streams, and resume restores what was on', async () => {
  const ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const mine = await ada.publishStream({ camera: true, microphone: true });
  await mine.mute('audio');
  await bob.hold();
  await settle();
  expect(server.conference?.metadata['ON_HOLD']?.value).toBe('true');
  expect(selectOnHold(ada.state.getSnapshot())).toBe(true);
  const enabled = (stream: typeof mine) => fakeTracks(stream.mediaStream).map(({ enabled }) => enabled);
  expect(enabled(mine)).toEqual([false, false]);
  const later = await bob.publishStream({ microphone: true });
  expect(enabled(later)).toEqual([false]);
  await expect(ada.publishStream({ screen: true })).rejects.toMatchObject({ code: 'ERR_ON_HOLD' });
  await ada.resume();
  await settle();
  expect(enabled(mine)).toEqual([false, true]);
  expect(enabled(later)).toEqual([true]);
  expect(selectOnHold(bob.state.getSnapshot())).toBe(false);
});

it("resume ends another client's hold under a longer key", async () => {
  const ada = await joinAs(server, 'ada');
  await ada.setMetadata('ON_HOLD/agent', 'yes');
  await settle();
  expect(selectOnHold(ada.state.getSnapshot())).toBe(true);
  await ada.resume();
  expect(server.conference?.metadata).toEqual({});
});

it('recording is part of the state, written as the platform writes it and read tolerantly', async () => {
  const ada = await joinAs(server, 'ada');
  const isRecording = async () => {
    await settle();
    return selectRecording(ada.state.getSnapshot());
  };
  expect(await isRecording()).toBe(false);
  await announceRecording(ada, true);
  expect(server.conference?.metadata['RECORDER']?.value).toBe('{"on":true}');
  expect(await isRecording()).toBe(true);
  await announceRecording(ada, false);
  expect(await isRecording()).toBe(false);
  for (const [value, expected] of [
    ['{"on":false}', false],
    ['{"on":true}', true],
    ['not JSON', true],
    ['null', true],
  ] as const) {
    await ada.setMetadata('RECORDER-1', value);
    expect(await isRecording()).toBe(expected);
  }
});

it('announces portrait video in the metadata of its stream', async () => {
  const ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const mine = await ada.publishStream({ camera: true, metadata: { place: 'desk' } });
  const [track] = fakeTracks(mine.mediaStream);
  Object.assign(track ?? {}, { settings: { width: 720, height: 1280 } });
  await announcePortrait(mine, { place: 'desk' });
  await settle();
  expect(selectPortrait(bob.state.getSnapshot(), mine.id)).toBe(true);
  expect(server.callsOf('updateStreamMetadata')).toEqual([{ place: 'desk', portraitMode: true }]);
});

it.each([
  [{ width: 1280, height: 720 }, false],
  [{ width: 720, height: 720 }, false],
  [{ width: 719, height: 720 }, true],
  [{ height: 720 }, true],
  [{}, false],
])('a video of %j is announced as portrait: %s', async (settings, portraitMode) => {
  const ada = await joinAs(server, 'ada');
  const mine = await ada.publishStream({ camera: true, microphone: true });
  for (const track of fakeTracks(mine.mediaStream)) {
    Object.assign(track, { settings: track.kind === 'video' ? settings : { width: 1, height: 2 } });
  }
  await announcePortrait(mine);
  await settle();
  expect(server.callsOf('updateStreamMetadata')).toEqual([{ portraitMode }]);
  expect(selectPortrait(ada.state.getSnapshot(), mine.id)).toBe(portraitMode);
  expect(selectPortrait(ada.state.getSnapshot(), 'another stream')).toBe(false);
});

it('resume leaves entries of other conventions alone', async () => {
  const ada = await joinAs(server, 'ada');
  await ada.setMetadata('topic', 'birds');
  await ada.hold();
  await settle();
  await ada.resume();
  expect(Object.keys(server.conference?.metadata ?? {})).toEqual(['topic']);
  expect(selectRecording(ada.state.getSnapshot())).toBe(false);
});

it('names the kinds of a stream that its publisher has muted', async () => {
  const ada = await joinAs(server, 'ada');
  const mine = await ada.publishStream({ camera: true, microphone: true });
  const other = await ada.publishStream({ microphone: true, muted: true });
  await settle();
  const kinds = (streamId: string) => [...mutedKinds(ada.state.getSnapshot().conference, streamId)];
  expect([kinds(mine.id), kinds(other.id)]).toEqual([[], ['audio']]);
  await mine.mute('audio');
  await mine.mute('video');
  await settle();
  expect(kinds(mine.id)).toEqual(['audio', 'video']);
});
