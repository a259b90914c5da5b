import type { PublishStreamResult, ViewStreamResult } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { muteKey } from './conferences/rules/conventions.ts';
import { streamKeyOf } from './streams/stream-place.ts';
import { Feed } from './testing/cluster-stage.ts';
import { startLinkedNodes } from './testing/test-cluster.ts';

/** Longer than anything here takes, so that the test ends it and not the clock. */
const shutdownDelayMs = 4_000;
const moving = 'ConferenceStreamMovingEvent';

it('moves a stream and its views to another node before it goes, under the same ids and without an event for others', async () => {
  const { desks, routers, closeFirst } = await startLinkedNodes({}, { shutdownDelayMs });
  const [a, b] = desks;
  const conferenceId = await a.create();
  const userEndpointId = await a.join(conferenceId);
  const viewer = await b.join(conferenceId);
  const streamId = await a.publish(conferenceId, userEndpointId);
  const streamKey = streamKeyOf({ conferenceId, streamId });
  const view = { conferenceId, userEndpointId: viewer, streamId, sdpOffer: 'v=0' };
  const { viewerId = '' } = await b.do<ViewStreamResult>('viewStream', { body: view });
  const muted = { operation: 'SET', key: muteKey('audio', streamId), value: '{}' };
  await b.do('updateMetadata', { body: { conferenceId, userEndpointId: viewer, ...muted } });
  const feed = Feed.start({ next: () => b }, conferenceId);
  const asked = () => feed.events.filter(({ type }) => type === moving).map((event) => event['asked']);

  const closing = closeFirst();
  await expect.poll(asked, { timeout: 5_000 }).toEqual(['PUBLISHER']);
  const restart = { conferenceId, userEndpointId, streamId, iceRestart: true, moves: true, sdpOffer: 'v=0' };
  const moved = await a.do<PublishStreamResult>('publishStream', {
    body: { ...restart, conferenceStreamType: 'MIC_AND_CAM' },
  });
  expect(moved.streamId).toBe(streamId);
  expect(routers.map(({ streams }) => streams.has(streamKey))).toEqual([true, true]);
  expect(routers[1].mutedKinds.get(streamKey)).toEqual(['audio']);
  await expect.poll(asked, { timeout: 5_000 }).toEqual(['PUBLISHER', 'VIEWERS']);
  const again = await b.do<ViewStreamResult>('viewStream', { body: { ...view, viewerId } });
  expect(again.viewerId).toBe(viewerId);
  expect([...(routers[1].views.get(streamKey) ?? [])]).toEqual([viewerId]);

  // The publisher and the viewer close their former connections.
  routers[0].lose({ streamKey, viewerId });
  routers[0].lose({ streamKey });
  await closing;
  const types = (await b.events(conferenceId, 0)).map(({ type }) => type);
  expect(types).not.toContain('ConferenceStreamUnpublishedEvent');
  expect(routers[1].streams.has(streamKey)).toBe(true);
  await b.do('stopViewStream', { body: { conferenceId, userEndpointId: viewer, streamId, viewerId } });
}, 60_000);

it('leaves nothing behind of a stream that ends while it moves', async () => {
  const { desks, routers, closeFirst } = await startLinkedNodes({}, { shutdownDelayMs });
  const [a, b] = desks;
  const conferenceId = await a.create();
  const userEndpointId = await a.join(conferenceId);
  const streamId = await a.publish(conferenceId, userEndpointId);
  const feed = Feed.start({ next: () => b }, conferenceId);
  const closing = closeFirst();
  await expect.poll(() => feed.events.map(({ type }) => type), { timeout: 5_000 }).toContain(moving);
  const goOn = routers[1].pause();
  const restart = { conferenceId, userEndpointId, streamId, iceRestart: true, moves: true, sdpOffer: 'v=0' };
  const restarting = b.call('publishStream', { body: { ...restart, conferenceStreamType: 'MIC_AND_CAM' } });
  await expect.poll(() => routers[1].heldCount).toBe(1);
  await b.do('unpublishStream', { body: { conferenceId, userEndpointId, streamId } });
  goOn();
  expect(await restarting).toMatchObject({ status: 404 });
  await expect.poll(() => routers.map(({ streams }) => streams.size)).toEqual([0, 0]);
  await closing;
}, 60_000);

it('takes nothing new once it is about to go, and sends it to another node', async () => {
  const { desks, routers, closeFirst } = await startLinkedNodes({}, { shutdownDelayMs });
  const [a] = desks;
  const conferenceId = await a.create();
  const userEndpointId = await a.join(conferenceId);
  const feed = Feed.start({ next: () => a }, conferenceId);
  await a.publish(conferenceId, userEndpointId, 'SCREEN');
  const closing = closeFirst();
  await expect.poll(() => feed.events.map(({ type }) => type), { timeout: 5_000 }).toContain(moving);
  const streamId = await a.publish(conferenceId, userEndpointId);
  const streamKey = streamKeyOf({ conferenceId, streamId });
  expect(routers.map(({ streams }) => streams.has(streamKey))).toEqual([false, true]);
  await closing;
}, 60_000);

it('unpublishes what has not moved when it goes, so that its publisher publishes it again', async () => {
  const { desks, closeFirst } = await startLinkedNodes({}, { shutdownDelayMs: 500 });
  const [a, b] = desks;
  const conferenceId = await a.create();
  const userEndpointId = await a.join(conferenceId);
  const streamId = await a.publish(conferenceId, userEndpointId);
  await closeFirst();
  const events = await b.events(conferenceId, 0);
  expect(events.at(-1)).toMatchObject({ type: 'ConferenceStreamUnpublishedEvent', streamId });
}, 60_000);

it('gives a stream of a node that stays to no other', async () => {
  const { desks, routers } = await startLinkedNodes();
  const [a, b] = desks;
  const conferenceId = await a.create();
  const userEndpointId = await a.join(conferenceId);
  const streamId = await a.publish(conferenceId, userEndpointId);
  const restart = { conferenceId, userEndpointId, streamId, iceRestart: true, moves: true, sdpOffer: 'v=0' };
  await b.do('publishStream', { body: { ...restart, conferenceStreamType: 'MIC_AND_CAM' } });
  const streamKey = streamKeyOf({ conferenceId, streamId });
  expect(routers.map(({ streams }) => streams.has(streamKey))).toEqual([true, false]);
}, 60_000);
