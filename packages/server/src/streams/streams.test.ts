import type { ConferenceState } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { Conferences } from '../conferences/conferences.ts';
import { joinConference } from '../conferences/join-conference.ts';
import { leaveConference } from '../conferences/leave-conference.ts';
import { updateVideoBitrate } from '../conferences/update-video-bitrate.ts';
import { MemoryEventLog } from '../event-log/memory-event-log.ts';
import { FakeMediaRouter } from '../media/fake-media-router.ts';
import { anActor } from '../testing/builders.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Streams } from './streams.ts';

const conferenceId = 'c-1';
const ada = anActor({ userId: 'ada' }, 'create-conference');
const bob = anActor({ userId: 'bob' });
const offer = { conferenceId, sdpOffer: 'v=0' };
const publishing = {
  ...offer,
  userEndpointId: 'ep-ada',
  streamId: 's-1',
  conferenceStreamType: 'CAM',
} as const;
const viewing = { ...offer, userEndpointId: 'ep-bob', streamId: 's-1', viewerId: 'v-1' };

/** A conference with Ada and Bob inside. */
async function setUp() {
  let count = 0;
  const newId = (): string => `id-${(count += 1)}`;
  const mediaRouter = new FakeMediaRouter();
  const errors: unknown[] = [];
  const onError = (error: unknown): void => {
    errors.push(error);
  };
  const conferences = new Conferences({
    log: new MemoryEventLog(),
    clock: new FakeClock(),
    newId,
    pollTimeoutMs: 20_000,
    endedRetentionMs: 300_000,
    onError,
  });
  const streams = new Streams({ conferences, mediaRouter, newId, onError });
  await conferences.create({ conferenceId }, ada);
  for (const [actor, userEndpointId] of [
    [ada, 'ep-ada'],
    [bob, 'ep-bob'],
  ] as const) {
    await conferences.perform(conferenceId, actor, (state, context) =>
      joinConference(state, { conferenceId, userEndpointId }, context),
    );
  }
  const leave = (actor: typeof ada, userEndpointId: string): Promise<ConferenceState> =>
    conferences.perform(conferenceId, actor, (state, context) =>
      leaveConference(state, { userEndpointId }, context),
    );
  const history = async (): Promise<readonly string[]> =>
    (await conferences.events(conferenceId, 2, ada, AbortSignal.abort())).map(({ type }) => type);
  /** The viewer ids of the only stream. */
  const viewers = (): readonly string[] => [...mediaRouter.views.values()].flatMap((ids) => [...ids]);
  return { mediaRouter, conferences, streams, leave, history, viewers, errors };
}

it('keeps nothing of a stream whose publisher left while its media was set up', async () => {
  const { mediaRouter, streams, leave, history } = await setUp();
  const answer = mediaRouter.pause();
  const published = streams.publications.publish(publishing, ada);
  await expect.poll(() => mediaRouter.heldCount).toBe(1);
  await leave(ada, 'ep-ada');
  answer();
  await expect(published).rejects.toMatchObject({ code: 'not_joined' });
  expect(mediaRouter.streams.size).toBe(0);
  expect(await history()).toEqual(['ConferenceLeftEvent']);
});

it('refuses a second stream with an id that is just being published, and the first one survives', async () => {
  const { mediaRouter, streams, history } = await setUp();
  const answer = mediaRouter.pause();
  const first = streams.publications.publish(publishing, ada);
  await expect.poll(() => mediaRouter.heldCount).toBe(1);
  await expect(
    streams.publications.publish({ ...publishing, userEndpointId: 'ep-bob' }, bob),
  ).rejects.toMatchObject({
    code: 'already_exists',
  });
  answer();
  expect(await first).toMatchObject({ streamId: 's-1' });
  expect(mediaRouter.streams.size).toBe(1);
  expect(await history()).toEqual(['ConferenceStreamPublishedEvent']);
});

it('can publish the same stream id again after a failure and after a withdrawal', async () => {
  const { streams, leave, conferences } = await setUp();
  await expect(
    streams.publications.publish({ ...publishing, sdpOffer: 'no SDP' }, ada),
  ).rejects.toMatchObject({
    code: 'bad_offer',
  });
  await streams.publications.publish(publishing, ada);
  await leave(ada, 'ep-ada');
  await streams.publications.publish({ ...publishing, userEndpointId: 'ep-bob' }, bob);
  expect((await conferences.get(conferenceId, bob)).participants[0]?.streams).toHaveLength(1);
});

it('makes ids when none are wished', async () => {
  const { streams } = await setUp();
  const { streamId: _none, ...anonymous } = publishing;
  const { streamId } = await streams.publications.publish(anonymous, ada);
  expect(streamId).toMatch(/^id-/);
  const { viewerId: _noViewer, ...view } = viewing;
  expect((await streams.views.view({ ...view, streamId }, bob)).viewerId).toMatch(/^id-/);
});

it('withdraws a stream by an event when its publisher is lost', async () => {
  const { mediaRouter, streams, history, errors } = await setUp();
  await streams.publications.publish(publishing, ada);
  const [streamKey = ''] = mediaRouter.streams.keys();
  mediaRouter.lose({ streamKey });
  await expect.poll(history).toEqual(['ConferenceStreamPublishedEvent', 'ConferenceStreamUnpublishedEvent']);
  mediaRouter.lose({ streamKey });
  expect(await history()).toHaveLength(2);
  expect(errors).toEqual([]);
});

it('lets a command succeed whose media is gone', async () => {
  const { mediaRouter, streams, conferences, errors, history } = await setUp();
  await streams.publications.publish(publishing, ada);
  mediaRouter.streams.clear();
  const command = { conferenceId, userEndpointId: 'ep-ada', videoBitrate: 100_000 };
  await conferences.perform(conferenceId, ada, (state, context) =>
    updateVideoBitrate(state, command, context),
  );
  expect(await history()).toContain('ConferenceStreamBitrateUpdatedEvent');
  expect(errors).toMatchObject([{ code: 'unknown_stream' }]);
});

it('forgets a view when its viewer is lost', async () => {
  const { mediaRouter, streams, viewers } = await setUp();
  await streams.publications.publish(publishing, ada);
  await streams.views.view(viewing, bob);
  const [streamKey = ''] = mediaRouter.streams.keys();
  mediaRouter.lose({ streamKey, viewerId: 'v-1' });
  expect(viewers()).toEqual([]);
  await expect(streams.views.stop(viewing, bob)).rejects.toMatchObject({ code: 'not_found' });
});

it('closes the views of a viewer who leaves and of a stream that is withdrawn', async () => {
  const { mediaRouter, streams, leave, viewers } = await setUp();
  await streams.publications.publish(publishing, ada);
  await streams.views.view(viewing, bob);
  await streams.views.view({ ...viewing, userEndpointId: 'ep-ada', viewerId: 'v-2' }, ada);
  await leave(bob, 'ep-bob');
  expect(viewers()).toEqual(['v-2']);
  await leave(ada, 'ep-ada');
  expect(viewers()).toEqual([]);
  expect(mediaRouter.streams.size).toBe(0);
});

it('closes a view that was being set up when its viewer left', async () => {
  const { mediaRouter, streams, leave, viewers } = await setUp();
  await streams.publications.publish(publishing, ada);
  const answer = mediaRouter.pause();
  const view = streams.views.view(viewing, bob);
  await expect.poll(() => mediaRouter.heldCount).toBe(1);
  await leave(bob, 'ep-bob');
  answer();
  await expect(view).rejects.toMatchObject({ code: 'not_found' });
  expect(viewers()).toEqual([]);
});

it('takes the same viewer id again for the same stream, but not for another or from somebody else', async () => {
  const { streams, viewers } = await setUp();
  await streams.publications.publish(publishing, ada);
  await streams.publications.publish({ ...publishing, streamId: 's-2' }, ada);
  await streams.views.view(viewing, bob);
  expect(await streams.views.view(viewing, bob)).toMatchObject({ viewerId: 'v-1' });
  expect(viewers()).toEqual(['v-1']);
  await expect(streams.views.view({ ...viewing, streamId: 's-2' }, bob)).rejects.toMatchObject({
    code: 'invalid_request',
  });
  const others = { ...viewing, userEndpointId: 'ep-ada' };
  await expect(streams.views.view(others, ada)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(streams.views.stop(others, ada)).rejects.toMatchObject({ code: 'forbidden' });
});

it('lets the newer of two views with one viewer id live', async () => {
  const { mediaRouter, streams, viewers } = await setUp();
  await streams.publications.publish(publishing, ada);
  const answer = mediaRouter.pause();
  const older = streams.views.view(viewing, bob);
  await expect.poll(() => mediaRouter.heldCount).toBe(1);
  const newer = streams.views.view(viewing, bob);
  await expect.poll(() => mediaRouter.heldCount).toBe(2);
  answer();
  await expect(older).rejects.toMatchObject({ code: 'not_found' });
  expect(await newer).toMatchObject({ viewerId: 'v-1' });
  expect(viewers()).toEqual(['v-1']);
});

it('takes the endpoint of the publisher from viewers, as deployed mobile clients send it', async () => {
  const { streams, leave, viewers } = await setUp();
  await streams.publications.publish(publishing, ada);
  const compatible = { ...viewing, userEndpointId: 'ep-ada' };
  await streams.views.view(compatible, bob);
  await streams.views.addCandidates({ ...compatible, iceCandidates: [] }, bob);
  await leave(bob, 'ep-bob');
  expect(viewers()).toEqual([]);
});

it('gives a published stream a new transport without an event, and its candidates count anew', async () => {
  const { mediaRouter, streams, history } = await setUp();
  await streams.publications.publish(publishing, ada);
  const restart = { ...publishing, sdpOffer: 'v=0 again', iceRestart: true };
  const { streamId, sdpAnswer } = await streams.publications.publish(restart, ada);
  expect({ streamId, sdpAnswer }).toMatchObject({
    streamId: 's-1',
    sdpAnswer: expect.stringContaining('v=0'),
  });
  expect([...mediaRouter.streams.values()]).toMatchObject([{ sdpOffer: 'v=0 again', type: 'CAM' }]);
  expect(await history()).toEqual(['ConferenceStreamPublishedEvent']);
});

it('restarts only what its publisher has published', async () => {
  const { mediaRouter, streams } = await setUp();
  const restart = { ...publishing, iceRestart: true };
  await expect(streams.publications.publish(restart, ada)).rejects.toMatchObject({ code: 'not_found' });
  await streams.publications.publish(publishing, ada);
  await expect(
    streams.publications.publish({ ...restart, userEndpointId: 'ep-bob' }, bob),
  ).rejects.toMatchObject({ code: 'forbidden' });
  await expect(streams.publications.publish({ ...restart, sdpOffer: 'no SDP' }, ada)).rejects.toMatchObject({
    code: 'bad_offer',
  });
  expect(mediaRouter.streams.size).toBe(1);
});

it('leaves nothing behind when a stream is withdrawn while it is restarted', async () => {
  const { mediaRouter, streams, leave } = await setUp();
  await streams.publications.publish(publishing, ada);
  const answer = mediaRouter.pause();
  const restarted = streams.publications.publish({ ...publishing, iceRestart: true }, ada);
  await expect.poll(() => mediaRouter.heldCount).toBe(1);
  await leave(ada, 'ep-ada');
  answer();
  await expect(restarted).rejects.toMatchObject({ code: 'not_found' });
  expect(mediaRouter.streams.size).toBe(0);
});

it('passes on what a view wants of the video, at first and later', async () => {
  const { mediaRouter, streams } = await setUp();
  await streams.publications.publish(publishing, ada);
  await streams.views.view({ ...viewing, video: { maxHeightPx: 180 } }, bob);
  expect(mediaRouter.viewedVideos.get('v-1')).toEqual({ maxHeightPx: 180 });
  await streams.views.update({ ...viewing, video: { isPaused: true } }, bob);
  expect(mediaRouter.viewedVideos.get('v-1')).toEqual({ isPaused: true });
  await expect(
    streams.views.update({ ...viewing, viewerId: 'nobody', video: {} }, bob),
  ).rejects.toMatchObject({ code: 'not_found' });
});
