import type { ConferenceState } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { Conferences } from '../conferences/conferences.ts';
import { joinConference } from '../conferences/rules/join-conference.ts';
import { leaveConference } from '../conferences/rules/leave-conference.ts';
import { unpublishStream } from '../conferences/rules/unpublish-stream.ts';
import { updateVideoBitrate } from '../conferences/rules/update-video-bitrate.ts';
import { FakeMediaRouter } from '../media/testing/fake-media-router.ts';
import { MemoryEventLog } from '../storage/memory-event-log.ts';
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

/** A conference with participants Ada and Bob. */
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
  const ownsEndpoint = (actor: typeof ada, id: string): boolean => id === `ep-${actor.userId}`;
  const streams = new Streams({ conferences, mediaRouter, newId, onError, ownsEndpoint });
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
    (await conferences.events(conferenceId, { version: 2 }, ada, AbortSignal.abort())).map(
      ({ type }) => type,
    );
  /** The viewer ids of the only stream. */
  const viewers = (): readonly string[] => [...mediaRouter.views.values()].flatMap((ids) => [...ids]);
  return { mediaRouter, conferences, streams, leave, history, viewers, errors };
}

it('keeps nothing of a stream whose publisher left during setup', async () => {
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

it('refuses a second stream with an id that is being published, and keeps the first', async () => {
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

it('answers a repeated publication as before while the stream lives, without a second one', async () => {
  const { mediaRouter, streams, history } = await setUp();
  const { publications } = streams;
  const answer = mediaRouter.pause();
  const asked = [publications.publish(publishing, ada), publications.publish(publishing, ada)];
  await expect.poll(() => mediaRouter.heldCount).toBe(1);
  answer();
  const [first, second] = await Promise.all(asked);
  expect(second).toEqual(first);
  expect(await publications.publish(publishing, ada)).toEqual(first);
  expect(await history()).toEqual(['ConferenceStreamPublishedEvent']);
});

it('refuses the id of a live stream with another offer, another type or after a restart', async () => {
  const { streams } = await setUp();
  const { publications } = streams;
  await publications.publish(publishing, ada);
  const refused = { code: 'already_exists' };
  await expect(publications.publish({ ...publishing, sdpOffer: 'v=0 other' }, ada)).rejects.toMatchObject(
    refused,
  );
  const other = { ...publishing, conferenceStreamType: 'MIC' } as const;
  await expect(publications.publish(other, ada)).rejects.toMatchObject(refused);
  await publications.publish({ ...publishing, sdpOffer: 'v=0 again', iceRestart: true }, ada);
  await expect(publications.publish(publishing, ada)).rejects.toMatchObject(refused);
});

it('sets up a stream again when the command is repeated after a failure or the end of the stream', async () => {
  const { mediaRouter, streams, leave, conferences, history } = await setUp();
  const { publications } = streams;
  const bad = { ...publishing, sdpOffer: 'no SDP' };
  for (let time = 0; time < 2; time += 1) {
    await expect(publications.publish(bad, ada)).rejects.toMatchObject({ code: 'bad_offer' });
  }
  await publications.publish(publishing, ada);
  await leave(ada, 'ep-ada');
  await expect(publications.publish(publishing, ada)).rejects.toMatchObject({ code: 'not_joined' });
  await conferences.perform(conferenceId, ada, (state, context) =>
    joinConference(state, { conferenceId, userEndpointId: 'ep-ada' }, context),
  );
  await publications.publish(publishing, ada);
  expect(mediaRouter.streams.size).toBe(1);
  expect((await history()).filter((type) => type === 'ConferenceStreamPublishedEvent')).toHaveLength(2);
});

it('forgets the views of the stream that ends, and only those', async () => {
  const { streams, conferences } = await setUp();
  for (const streamId of ['s-1', 's-2']) await streams.publications.publish({ ...publishing, streamId }, ada);
  await streams.views.view(viewing, bob);
  const other = { ...viewing, streamId: 's-2', viewerId: 'v-2' };
  await streams.views.view(other, bob);
  await conferences.perform(conferenceId, ada, (state, context) =>
    unpublishStream(state, { userEndpointId: 'ep-ada', streamId: 's-1' }, context),
  );
  expect(streams.views.count).toBe(1);
  await streams.views.update({ ...other, video: {} }, bob);
  await streams.views.stop(other, bob);
  expect(streams.views.count).toBe(0);
});

it('can publish the same stream id again after a failure and after unpublishing', async () => {
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

it('generates ids if none are requested', async () => {
  const { streams } = await setUp();
  const { streamId: _none, ...anonymous } = publishing;
  const { streamId } = await streams.publications.publish(anonymous, ada);
  expect(streamId).toMatch(/^id-/);
  const { viewerId: _noViewer, ...view } = viewing;
  expect((await streams.views.view({ ...view, streamId }, bob)).viewerId).toMatch(/^id-/);
});

it('unpublishes a stream by an event when its publisher is lost', async () => {
  const { mediaRouter, streams, history, errors } = await setUp();
  await streams.publications.publish(publishing, ada);
  const [streamKey = ''] = mediaRouter.streams.keys();
  mediaRouter.lose({ streamKey });
  await expect.poll(history).toEqual(['ConferenceStreamPublishedEvent', 'ConferenceStreamUnpublishedEvent']);
  mediaRouter.lose({ streamKey });
  expect(await history()).toHaveLength(2);
  expect(errors).toEqual([]);
});

it('completes a command although its media are gone', async () => {
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

it('closes the other streams of a departing publisher although closing one fails', async () => {
  const { mediaRouter, streams, leave, errors } = await setUp();
  for (const streamId of ['s-1', 's-2']) await streams.publications.publish({ ...publishing, streamId }, ada);
  const error = new Error('cannot be closed');
  const [first] = mediaRouter.streams.keys();
  const unpublish = mediaRouter.unpublish.bind(mediaRouter);
  mediaRouter.unpublish = (streamKey) => {
    if (streamKey === first) throw error;
    unpublish(streamKey);
  };
  await leave(ada, 'ep-ada');
  expect([...mediaRouter.streams.keys()]).toEqual([first]);
  expect(errors).toEqual([error]);
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

it('closes the views of a leaving viewer and of an unpublished stream', async () => {
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

it('closes a view whose viewer left during setup', async () => {
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

it('accepts the same viewer id again for the same stream, but not for another or from another user', async () => {
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

it('keeps the newer of two views with one viewer id', async () => {
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

it('keeps a view whose replacement failed, and closes it with its viewer', async () => {
  const { streams, leave, viewers } = await setUp();
  await streams.publications.publish(publishing, ada);
  await streams.views.view(viewing, bob);
  await expect(streams.views.view({ ...viewing, sdpOffer: 'no SDP' }, bob)).rejects.toThrow('not SDP');
  expect(viewers()).toEqual(['v-1']);
  expect(streams.views.count).toBe(1);
  await leave(bob, 'ep-bob');
  expect(viewers()).toEqual([]);
  expect(streams.views.count).toBe(0);
});

it('keeps nothing of two views with one viewer id when the newer one fails', async () => {
  const { mediaRouter, streams, viewers } = await setUp();
  await streams.publications.publish(publishing, ada);
  const answer = mediaRouter.pause();
  const older = streams.views.view(viewing, bob);
  await expect.poll(() => mediaRouter.heldCount).toBe(1);
  await expect(streams.views.view({ ...viewing, sdpOffer: 'no SDP' }, bob)).rejects.toThrow('not SDP');
  answer();
  await expect(older).rejects.toMatchObject({ code: 'not_found' });
  expect(viewers()).toEqual([]);
  expect(streams.views.count).toBe(0);
});

it("accepts the publisher's endpoint from viewers, as deployed mobile clients send it", async () => {
  const { streams, leave, viewers } = await setUp();
  await streams.publications.publish(publishing, ada);
  const compatible = { ...viewing, userEndpointId: 'ep-ada' };
  await streams.views.view(compatible, bob);
  await streams.views.addCandidates({ ...compatible, iceCandidates: [] }, bob);
  await leave(bob, 'ep-bob');
  expect(viewers()).toEqual([]);
});

it('gives a published stream a new transport without an event, with a new candidate limit', async () => {
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

it("restarts only the publisher's own streams", async () => {
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

it('leaves nothing behind when a stream is unpublished during a restart', async () => {
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

it('passes on the requested video of a view, initially and later', async () => {
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
