import { expect, it } from 'vitest';
import { ada, bob, publishing, streamConference, viewing } from './testing/stream-conference.ts';

it('closes a view whose viewer left during setup', async () => {
  const { mediaRouter, streams, leave, viewers } = await streamConference();
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
  const { streams, viewers } = await streamConference();
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
  const { mediaRouter, streams, viewers } = await streamConference();
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
  const { streams, leave, viewers } = await streamConference();
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
  const { mediaRouter, streams, viewers } = await streamConference();
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
  const { streams, leave, viewers } = await streamConference();
  await streams.publications.publish(publishing, ada);
  const compatible = { ...viewing, userEndpointId: 'ep-ada' };
  await streams.views.view(compatible, bob);
  await streams.views.addCandidates({ ...compatible, iceCandidates: [] }, bob);
  await leave(bob, 'ep-bob');
  expect(viewers()).toEqual([]);
});

it('passes on the requested video of a view, initially and later', async () => {
  const { mediaRouter, streams } = await streamConference();
  await streams.publications.publish(publishing, ada);
  await streams.views.view({ ...viewing, video: { maxHeightPx: 180 } }, bob);
  expect(mediaRouter.viewedVideos.get('v-1')).toEqual({ maxHeightPx: 180 });
  await streams.views.update({ ...viewing, video: { isPaused: true } }, bob);
  expect(mediaRouter.viewedVideos.get('v-1')).toEqual({ isPaused: true });
  await expect(
    streams.views.update({ ...viewing, viewerId: 'nobody', video: {} }, bob),
  ).rejects.toMatchObject({ code: 'not_found' });
});

it('refuses a view of a stream that does not exist, and an offer that is too long', async () => {
  const { mediaRouter, streams, viewers } = await streamConference({ sdpBytes: 10 });
  await streams.publications.publish(publishing, ada);
  await expect(streams.views.view({ ...viewing, streamId: 's-9' }, bob)).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(streams.views.view({ ...viewing, sdpOffer: 'v=0'.padEnd(11) }, bob)).rejects.toMatchObject({
    code: 'limit_exceeded',
  });
  expect([viewers(), streams.views.count, mediaRouter.viewedVideos.size]).toEqual([[], 0, 0]);
  await streams.views.view({ ...viewing, sdpOffer: 'v=0'.padEnd(10) }, bob);
});

it("passes on the candidates of the viewer's own view, up to its limit", async () => {
  const { mediaRouter, streams } = await streamConference({ candidatesPerConnection: 2 });
  await streams.publications.publish(publishing, ada);
  await streams.views.view(viewing, bob);
  const add = (candidate: string, changed: object = {}, actor = bob) =>
    streams.views.addCandidates({ ...viewing, iceCandidates: [{ candidate }], ...changed }, actor);
  await add('one');
  await expect(add('no', { viewerId: 'v-9' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(add('no', { streamId: 's-9' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(add('no', { userEndpointId: 'ep-ada' }, ada)).rejects.toMatchObject({ code: 'forbidden' });
  await add('two');
  await expect(add('three')).rejects.toMatchObject({ code: 'limit_exceeded' });
  expect(mediaRouter.candidates.map(({ candidate }) => candidate)).toEqual(['one', 'two']);
});

it('accepts commands for a view only from participants', async () => {
  const { streams, leave } = await streamConference();
  await streams.publications.publish(publishing, ada);
  await streams.views.view(viewing, bob);
  await leave(bob, 'ep-bob');
  const refused = { code: 'not_joined' };
  await expect(streams.views.stop(viewing, bob)).rejects.toMatchObject(refused);
  await expect(streams.views.view(viewing, bob)).rejects.toMatchObject(refused);
});

it('ends a view when its viewer stops it, and with its count the limit of its endpoint', async () => {
  const { streams, viewers } = await streamConference({ viewsPerEndpoint: 1 });
  await streams.publications.publish(publishing, ada);
  await streams.views.view(viewing, bob);
  const second = { ...viewing, viewerId: 'v-2' };
  await expect(streams.views.view(second, bob)).rejects.toMatchObject({ code: 'limit_exceeded' });
  await streams.views.view({ ...viewing, userEndpointId: 'ep-ada', viewerId: 'v-3' }, ada);
  await streams.views.stop(viewing, bob);
  expect(viewers()).toEqual(['v-3']);
  await expect(streams.views.stop(viewing, bob)).rejects.toMatchObject({ code: 'not_found' });
  await streams.views.view(second, bob);
  expect(viewers().toSorted()).toEqual(['v-2', 'v-3']);
});

it('keeps a view when the loss of its former stream is reported late', async () => {
  const { mediaRouter, streams, viewers } = await streamConference();
  for (const streamId of ['s-1', 's-2']) await streams.publications.publish({ ...publishing, streamId }, ada);
  await streams.views.view({ ...viewing, streamId: 's-2' }, bob);
  const [first = '', second = ''] = mediaRouter.streams.keys();
  mediaRouter.lose({ streamKey: first, viewerId: 'v-1' });
  expect(viewers()).toEqual(['v-1']);
  mediaRouter.lose({ streamKey: second, viewerId: 'v-1' });
  expect(viewers()).toEqual([]);
});
