import { expect, it } from 'vitest';
import { endConference } from '../conferences/rules/end-conference.ts';
import { joinConference } from '../conferences/rules/join-conference.ts';
import { unpublishStream } from '../conferences/rules/unpublish-stream.ts';
import { updateVideoBitrate } from '../conferences/rules/update-video-bitrate.ts';
import {
  ada,
  bob,
  conferenceId,
  publishing,
  streamConference,
  viewing,
} from './testing/stream-conference.ts';

it('forgets the views of the stream that ends, and only those', async () => {
  const { streams, conferences } = await streamConference();
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

it('generates ids if none are requested', async () => {
  const { streams } = await streamConference();
  const { streamId: _none, ...anonymous } = publishing;
  const { streamId } = await streams.publications.publish(anonymous, ada);
  expect(streamId).toMatch(/^id-/);
  const { viewerId: _noViewer, ...view } = viewing;
  expect((await streams.views.view({ ...view, streamId }, bob)).viewerId).toMatch(/^id-/);
});

it('unpublishes a stream by an event when its publisher is lost', async () => {
  const { mediaRouter, streams, history, errors } = await streamConference();
  await streams.publications.publish(publishing, ada);
  const [streamKey = ''] = mediaRouter.streams.keys();
  mediaRouter.lose({ streamKey });
  await expect.poll(history).toEqual(['ConferenceStreamPublishedEvent', 'ConferenceStreamUnpublishedEvent']);
  mediaRouter.lose({ streamKey });
  expect(await history()).toHaveLength(2);
  expect(errors).toEqual([]);
});

it('completes a command although its media are gone', async () => {
  const { mediaRouter, streams, conferences, errors, history } = await streamConference();
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
  const { mediaRouter, streams, leave, errors } = await streamConference();
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

it('forgets a view when its viewer is lost, and keeps the stream', async () => {
  const { mediaRouter, streams, viewers, history } = await streamConference();
  await streams.publications.publish(publishing, ada);
  await streams.views.view(viewing, bob);
  const [streamKey = ''] = mediaRouter.streams.keys();
  mediaRouter.lose({ streamKey, viewerId: 'v-1' });
  expect(viewers()).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await history()).toEqual(['ConferenceStreamPublishedEvent']);
  await expect(streams.views.stop(viewing, bob)).rejects.toMatchObject({ code: 'not_found' });
});

it('closes the views of a leaving viewer and of an unpublished stream', async () => {
  const { mediaRouter, streams, leave, viewers } = await streamConference();
  await streams.publications.publish(publishing, ada);
  await streams.views.view(viewing, bob);
  await streams.views.view({ ...viewing, userEndpointId: 'ep-ada', viewerId: 'v-2' }, ada);
  await leave(bob, 'ep-bob');
  expect(viewers()).toEqual(['v-2']);
  await leave(ada, 'ep-ada');
  expect(viewers()).toEqual([]);
  expect(mediaRouter.streams.size).toBe(0);
});

it('counts streams and views towards the limit of their user', async () => {
  const { streams } = await streamConference({ mediaConnectionsPerUser: 2 });
  const { publications, views } = streams;
  const refused = { code: 'limit_exceeded', message: expect.stringContaining('mediaConnectionsPerUser') };
  await publications.publish(publishing, ada);
  await views.view({ ...viewing, userEndpointId: 'ep-ada', viewerId: 'v-0' }, ada);
  await expect(publications.publish({ ...publishing, streamId: 's-2' }, ada)).rejects.toMatchObject(refused);
  await views.view(viewing, bob);
  await views.view({ ...viewing, viewerId: 'v-2' }, bob);
  await expect(views.view({ ...viewing, viewerId: 'v-3' }, bob)).rejects.toMatchObject(refused);
  await views.stop({ ...viewing, userEndpointId: 'ep-ada', viewerId: 'v-0' }, ada);
  await publications.publish({ ...publishing, streamId: 's-2' }, ada);
});

it('counts streams and views of all users towards the limit of their conference', async () => {
  const { streams, conferences } = await streamConference({ mediaConnectionsPerConference: 2 });
  const { publications, views } = streams;
  const refused = {
    code: 'limit_exceeded',
    message: expect.stringContaining('mediaConnectionsPerConference'),
  };
  await publications.publish(publishing, ada);
  await views.view(viewing, bob);
  await expect(publications.publish({ ...publishing, streamId: 's-2' }, ada)).rejects.toMatchObject(refused);
  await expect(views.view({ ...viewing, viewerId: 'v-2' }, bob)).rejects.toMatchObject(refused);
  await conferences.create({ conferenceId: 'c-2' }, ada);
  await conferences.perform('c-2', ada, (state, context) =>
    joinConference(state, { conferenceId: 'c-2', userEndpointId: 'ep-ada' }, context),
  );
  await publications.publish({ ...publishing, conferenceId: 'c-2' }, ada);
});

it('closes the media of a conference that ends, and of no other', async () => {
  const { mediaRouter, streams, conferences, viewers } = await streamConference();
  await conferences.create({ conferenceId: 'c-2' }, ada);
  await conferences.perform('c-2', ada, (state, context) =>
    joinConference(state, { conferenceId: 'c-2', userEndpointId: 'ep-ada' }, context),
  );
  for (const id of [conferenceId, 'c-2']) {
    await streams.publications.publish({ ...publishing, conferenceId: id }, ada);
    await streams.views.view(
      { ...viewing, conferenceId: id, userEndpointId: 'ep-ada', viewerId: `viewer of ${id}` },
      ada,
    );
  }
  await conferences.perform(conferenceId, ada, (state, context) =>
    endConference(state, { conferenceId, userEndpointId: 'ep-ada' }, context),
  );
  expect([mediaRouter.streams.size, streams.views.count, viewers()]).toEqual([1, 1, ['viewer of c-2']]);
});

it('passes on the bitrate that a command sets', async () => {
  const { mediaRouter, streams, conferences } = await streamConference();
  await streams.publications.publish(publishing, ada);
  const command = { conferenceId, userEndpointId: 'ep-ada', videoBitrate: 200_000 };
  await conferences.perform(conferenceId, ada, (state, context) =>
    updateVideoBitrate(state, command, context),
  );
  expect([...mediaRouter.videoBitrates.values()]).toEqual([200_000]);
});

it('knows the endpoint of each peer of the media router while it lives', async () => {
  const { mediaRouter, streams } = await streamConference();
  await streams.publications.publish(publishing, ada);
  await streams.views.view(viewing, bob);
  const [streamKey = ''] = mediaRouter.streams.keys();
  expect(streams.ownerOf({ streamKey })).toMatchObject({ conferenceId, endpointId: 'ep-ada' });
  expect(streams.ownerOf({ streamKey, viewerId: 'v-1' })).toEqual({ conferenceId, endpointId: 'ep-bob' });
  expect(streams.ownerOf({ streamKey, viewerId: 'v-9' })).toBeUndefined();
  expect(streams.ownerOf({ streamKey: 'other', viewerId: 'v-1' })).toBeUndefined();
});
