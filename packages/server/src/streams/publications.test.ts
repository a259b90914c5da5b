import { expect, it } from 'vitest';
import { joinConference } from '../conferences/rules/join-conference.ts';
import { ada, bob, conferenceId, publishing, streamConference } from './testing/stream-conference.ts';

it('keeps nothing of a stream whose publisher left during setup', async () => {
  const { mediaRouter, streams, leave, history } = await streamConference();
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
  const { mediaRouter, streams, history } = await streamConference();
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
  const { mediaRouter, streams, history } = await streamConference();
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
  const { streams } = await streamConference();
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
  const { mediaRouter, streams, leave, conferences, history } = await streamConference();
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

it('can publish the same stream id again after a failure and after unpublishing', async () => {
  const { streams, leave, conferences } = await streamConference();
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

it('gives a published stream a new transport without an event, with a new candidate limit', async () => {
  const { mediaRouter, streams, history } = await streamConference();
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
  const { mediaRouter, streams } = await streamConference();
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
  const { mediaRouter, streams, leave } = await streamConference();
  await streams.publications.publish(publishing, ada);
  const answer = mediaRouter.pause();
  const restarted = streams.publications.publish({ ...publishing, iceRestart: true }, ada);
  await expect.poll(() => mediaRouter.heldCount).toBe(1);
  await leave(ada, 'ep-ada');
  answer();
  await expect(restarted).rejects.toMatchObject({ code: 'not_found' });
  expect(mediaRouter.streams.size).toBe(0);
});

it('publishes with the requested bitrate, or without a cap', async () => {
  const { mediaRouter, streams, conferences } = await streamConference();
  await streams.publications.publish({ ...publishing, videoBitrate: 300_000 }, ada);
  await streams.publications.publish({ ...publishing, streamId: 's-2' }, ada);
  const { participants } = await conferences.get(conferenceId, ada);
  expect(participants[0]?.streams.map(({ videoBitrate }) => videoBitrate)).toEqual([300_000, 0]);
  expect([...mediaRouter.streams.values()].map(({ videoBitrateBps }) => videoBitrateBps)).toEqual([
    300_000, 0,
  ]);
});

it('refuses an offer that is too long, before anything is set up for it', async () => {
  const { mediaRouter, streams } = await streamConference({ sdpBytes: 10 });
  const long = { ...publishing, sdpOffer: 'v=0'.padEnd(11) };
  for (const command of [long, { ...long, iceRestart: true }]) {
    await expect(streams.publications.publish(command, ada)).rejects.toMatchObject({
      code: 'limit_exceeded',
    });
  }
  expect(mediaRouter.streams.size).toBe(0);
  await streams.publications.publish({ ...publishing, sdpOffer: 'v=0'.padEnd(10) }, ada);
});

it("passes on the candidates of the publisher's own streams, up to the limit of each connection", async () => {
  const { mediaRouter, streams } = await streamConference({ candidatesPerConnection: 2 });
  const { publications } = streams;
  await publications.publish(publishing, ada);
  const add = (candidate: string, actor = ada, userEndpointId = 'ep-ada') =>
    publications.addCandidates(
      { conferenceId, userEndpointId, streamId: 's-1', iceCandidates: [{ candidate }] },
      actor,
    );
  await add('one');
  await expect(add('no', bob, 'ep-bob')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(add('no', ada, 'ep-nobody')).rejects.toMatchObject({ code: 'not_joined' });
  await add('two');
  await expect(add('three')).rejects.toMatchObject({ code: 'limit_exceeded' });
  await publications.publish({ ...publishing, iceRestart: true }, ada);
  await add('four');
  expect(mediaRouter.candidates.map(({ candidate }) => candidate)).toEqual(['one', 'two', 'four']);
});
