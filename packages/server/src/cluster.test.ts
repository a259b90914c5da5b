import { setTimeout as after } from 'node:timers/promises';
import type { PublishStreamResult, WireEvent } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { ClusterStage } from './testing/cluster-stage.ts';
import { startCluster, testLeaseMs, type TestCluster, type TestNode } from './testing/test-cluster.ts';

function unpublished(events: readonly WireEvent[]): readonly unknown[] {
  return events.flatMap((event) =>
    event.type === 'ConferenceStreamUnpublishedEvent' ? [(event as { streamId?: string }).streamId] : [],
  );
}

function nodeAt({ nodes }: TestCluster, index: number): TestNode {
  const node = nodes[index];
  if (!node) throw new Error(`The cluster has no node ${index}.`);
  return node;
}

it('withdraws the streams of a killed node once, and nobody else notices', async () => {
  const cluster = await startCluster(3);
  const stage = await ClusterStage.open(cluster);
  const lost = await stage.publishAt(nodeAt(cluster, 1), cluster.desk);
  const kept = await stage.publishAt(nodeAt(cluster, 2), cluster.desk);
  stage.go();
  await after(1_000);
  const killedAtMs = Date.now();
  nodeAt(cluster, 1).program.child.kill('SIGKILL');
  await expect
    .poll(() => stage.feeds.flatMap(({ events }) => events.map(({ type }) => type)), { timeout: 15_000 })
    .toContain('ConferenceStreamUnpublishedEvent');
  expect(Date.now() - killedAtMs).toBeLessThan(3 * testLeaseMs);
  await after(2_000);
  expect(unpublished(await stage.stop())).toEqual([lost]);
  const again = await stage.balanced.do<PublishStreamResult>('publishStream', {
    body: {
      conferenceId: stage.conferenceId,
      userEndpointId: stage.userEndpointId,
      streamId: lost,
      conferenceStreamType: 'MIC_AND_CAM',
      sdpOffer: 'v=0',
    },
  });
  expect([again.streamId, kept]).toEqual([lost, kept]);
}, 180_000);

it('withdraws the streams of a suspended node once, and takes nothing from it when it wakes up', async () => {
  const cluster = await startCluster(3);
  const stage = await ClusterStage.open(cluster);
  const lost = await stage.publishAt(nodeAt(cluster, 1), cluster.desk);
  stage.go();
  const { child } = nodeAt(cluster, 1).program;
  child.kill('SIGSTOP');
  await after(5 * testLeaseMs);
  child.kill('SIGCONT');
  await after(3_000);
  const events = await stage.stop();
  expect(unpublished(events)).toEqual([lost]);
  // It is a node again, and can have streams.
  const streamId = await stage.publishAt(nodeAt(cluster, 1), cluster.desk);
  expect(streamId).not.toBe(lost);
}, 180_000);

it('takes nobody’s streams when the engine was away, and loses nothing that it acknowledged', async () => {
  const cluster = await startCluster(3);
  const stage = await ClusterStage.open(cluster);
  for (const node of cluster.nodes) await stage.publishAt(node, cluster.desk);
  stage.go();
  await after(1_000);
  await cluster.redis.kill();
  await after(3 * testLeaseMs);
  await cluster.redis.start();
  await after(2 * testLeaseMs + 1_000);
  const events = await stage.stop();
  expect(unpublished(events)).toEqual([]);
  expect(events.filter(({ type }) => type === 'ConferenceLeftEvent')).toEqual([]);
}, 180_000);

it('goes on when the engine stops answering for a while', async () => {
  const cluster = await startCluster(2);
  const stage = await ClusterStage.open(cluster);
  await stage.publishAt(nodeAt(cluster, 1), cluster.desk);
  stage.go();
  await after(500);
  cluster.redis.signal('SIGSTOP');
  const askedAtMs = Date.now();
  const body = { conferenceId: stage.conferenceId, userEndpointId: stage.userEndpointId };
  const { status, headers } = await cluster.desk.call('updateMetadata', {
    body: { ...body, operation: 'SET', key: 'a', value: 'b' },
  });
  expect([status, headers.get('retry-after')]).toEqual([503, '3']);
  expect(Date.now() - askedAtMs).toBeLessThan(5_000);
  await after(6_000);
  cluster.redis.signal('SIGCONT');
  await after(2 * testLeaseMs);
  expect(unpublished(await stage.stop())).toEqual([]);
}, 180_000);

it('withdraws the streams of a node that is asked to stop before it goes', async () => {
  const cluster = await startCluster(3, { PARLEY_SHUTDOWN_DELAY_MS: '500' });
  const stage = await ClusterStage.open(cluster);
  const lost = await stage.publishAt(nodeAt(cluster, 1), cluster.desk);
  stage.go();
  await after(500);
  const { child, exited } = nodeAt(cluster, 1).program;
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
  await after(1_000);
  expect(unpublished(await stage.stop())).toEqual([lost]);
}, 180_000);
