import { setTimeout as after } from 'node:timers/promises';
import type { WireConference, WireEvent } from '@parley-rtc/contract';
import { expect, it, onTestFinished } from 'vitest';
import { ClusterStage, Feed } from './testing/cluster-stage.ts';
import { primaryName, startReplicatedEngine, type ReplicatedEngine } from './testing/redis-sentinels.ts';
import { startNodes, type TestCluster } from './testing/test-cluster.ts';
import type { Caller } from './testing/test-server.ts';

async function startOn(
  engine: ReplicatedEngine,
  variables: Readonly<Record<string, string>> = {},
): Promise<TestCluster> {
  return startNodes(2, engine.primary, {
    PARLEY_REDIS_URL: `redis://${primaryName}`,
    PARLEY_REDIS_SENTINELS: engine.sentinels,
    ...variables,
  });
}

/** Changes a conference all the time, at all nodes in turn, and remembers what was acknowledged. */
class Writer {
  readonly acknowledged: string[] = [];
  /** The codes of other answers. */
  readonly refusals = new Set<string>();
  readonly conferenceId: string;
  readonly #callers: readonly Caller[];
  readonly #userEndpointId: string;
  #count = 0;
  #isOver = false;
  #going: Promise<void>;

  private constructor(callers: readonly Caller[], conferenceId: string, userEndpointId: string) {
    this.#callers = callers;
    this.conferenceId = conferenceId;
    this.#userEndpointId = userEndpointId;
    this.#going = this.#go();
    onTestFinished(() => this.stop());
  }

  static async start({ desk, nodes }: TestCluster): Promise<Writer> {
    const conferenceId = await desk.create();
    const userEndpointId = await desk.join(conferenceId);
    return new Writer(
      nodes.map(({ url }) => desk.at(url)),
      conferenceId,
      userEndpointId,
    );
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#going;
  }

  /** What the log has of this writer, according to a node. */
  async stored(caller: Caller): Promise<readonly string[]> {
    const events = await caller.events(this.conferenceId, 0);
    return events.flatMap((event) =>
      event.type === 'ConferenceMetadataUpdatedEvent' ? [(event as { value?: string }).value ?? ''] : [],
    );
  }

  async #go(): Promise<void> {
    while (!this.#isOver) {
      this.#count += 1;
      const value = String(this.#count);
      const caller = this.#callers[this.#count % this.#callers.length];
      const { conferenceId } = this;
      const answer = await caller
        ?.call<{ readonly error?: string }>('updateMetadata', {
          body: { conferenceId, userEndpointId: this.#userEndpointId, operation: 'SET', key: 'count', value },
          signal: AbortSignal.timeout(5_000),
        })
        .catch(() => undefined);
      if (answer && answer.status < 300) this.acknowledged.push(value);
      else this.refusals.add(answer?.body.error ?? 'no answer');
      await after(20);
    }
  }
}

/** Cuts the replica off, then kills the primary, and returns once the replica has taken over and accepts commands. */
async function failOverAfterCut(
  engine: ReplicatedEngine,
  writers: readonly Writer[],
  beforeKill: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await after(500);
  await engine.cutReplication();
  await after(700);
  await beforeKill();
  await engine.primary.kill();
  await expect.poll(() => engine.primaryPort(), { timeout: 30_000 }).toBe(engine.replica.port);
  // As an operator does who gets no second replica.
  const counts = writers.map(({ acknowledged }) => acknowledged.length);
  await engine.primary.start();
  for (const [index, writer] of writers.entries()) {
    await expect
      .poll(() => writer.acknowledged.length, { timeout: 30_000 })
      .toBeGreaterThan((counts[index] ?? 0) + 2);
  }
  for (const writer of writers) await writer.stop();
}

function isAscending(values: readonly string[]): boolean {
  return values.every((value, index) => index === 0 || Number(value) > Number(values[index - 1]));
}

it('loses what only the former primary had if it need not wait for replicas, and clients notice', async () => {
  const engine = await startReplicatedEngine();
  const cluster = await startOn(engine);
  const writers = await Promise.all(Array.from({ length: 4 }, () => Writer.start(cluster)));
  const positions = new Map<Writer, WireConference>();
  const feeds = writers.map(({ conferenceId }) =>
    cluster.nodes.map(({ url }) => Feed.start({ next: () => cluster.desk.at(url) }, conferenceId)),
  );
  await failOverAfterCut(engine, writers, async () => {
    for (const writer of writers) {
      const params = { id: writer.conferenceId };
      positions.set(writer, await cluster.desk.do<WireConference>('getConference', { params }));
    }
  });
  for (const [index, writer] of writers.entries()) {
    const stored = await writer.stored(cluster.desk);
    expect(writer.acknowledged.filter((value) => !stored.includes(value))).not.toEqual([]);
    const ids = (await cluster.desk.events(writer.conferenceId, 0)).map(({ id }) => id);
    for (const feed of feeds[index] ?? []) {
      await expect.poll(() => feed.reopened, { timeout: 20_000 }).toBeGreaterThan(0);
      // What was lost is the last that it received: nothing of the other history follows.
      const isLost = feed.events.map(({ id }) => !ids.includes(id));
      expect(isLost.join(' ')).toMatch(/^(false ?)*(true ?)*$/);
    }
    const { version, versionId } = positions.get(writer) ?? {};
    for (const { url } of cluster.nodes) {
      const caller = cluster.desk.at(url);
      const reading = { params: { id: writer.conferenceId } };
      expect(
        await caller.call('getEvents', {
          ...reading,
          query: { v: version ?? 0, versionId: versionId ?? '' },
        }),
      ).toMatchObject({ status: 400, body: { error: 'position_unavailable' } });
      // The nodes themselves have noticed, too.
      const events = await caller.events(writer.conferenceId, 0);
      const conference = await caller.do<WireConference>('getConference', reading);
      expect([conference.version, conference.versionId]).toEqual([events.length, events.at(-1)?.id]);
    }
  }
}, 180_000);

it('loses nothing that it acknowledged if it waits for a replica, and says what is wrong in between', async () => {
  const engine = await startReplicatedEngine();
  const cluster = await startOn(engine, { PARLEY_REDIS_REPLICAS: '1' });
  const writers = await Promise.all(Array.from({ length: 4 }, () => Writer.start(cluster)));
  const feeds = writers.map(({ conferenceId }) =>
    cluster.nodes.map(({ url }) => Feed.start({ next: () => cluster.desk.at(url) }, conferenceId)),
  );
  await failOverAfterCut(engine, writers, async () => {
    for (const { url } of cluster.nodes) {
      const readiness = async (): Promise<unknown> => (await fetch(`${url}/readyz`)).json();
      await expect.poll(readiness).toMatchObject({ error: 'engine_not_replicated' });
    }
  });
  for (const [index, writer] of writers.entries()) {
    const stored = await writer.stored(cluster.desk);
    expect(writer.acknowledged.filter((value) => !stored.includes(value))).toEqual([]);
    expect(isAscending(stored)).toBe(true);
    expect([...writer.refusals]).toContain('engine_not_replicated');
    // Nobody has seen anything that was lost afterwards, either.
    const ids = (await cluster.desk.events(writer.conferenceId, 0)).map(({ id }) => id);
    for (const feed of feeds[index] ?? []) {
      await expect.poll(() => feed.events.map(({ id }) => id), { timeout: 20_000 }).toEqual(ids);
    }
  }
}, 180_000);

it.each<[string, (engine: ReplicatedEngine) => unknown, (engine: ReplicatedEngine) => unknown]>([
  ['is killed, and comes back', ({ primary }) => primary.kill(), ({ primary }) => primary.start()],
  [
    'stops answering, and comes back',
    ({ primary }) => primary.signal('SIGSTOP'),
    ({ primary }) => primary.signal('SIGCONT'),
  ],
  ['is replaced by an operator', (engine) => engine.failOver(), () => {}],
])(
  'follows the new primary when the former one %s, without anyone’s notice',
  async (_, begin, end) => {
    const engine = await startReplicatedEngine();
    const cluster = await startOn(engine, { PARLEY_REDIS_REPLICAS: '1' });
    const stage = await ClusterStage.open(cluster);
    for (const node of cluster.nodes) await stage.publishAt(node, cluster.desk);
    stage.go();
    await after(1_000);
    await begin(engine);
    await expect.poll(() => engine.primaryPort(), { timeout: 30_000 }).toBe(engine.replica.port);
    await after(1_000);
    await end(engine);
    await expect
      .poll(() => engine.primary.send('INFO', 'replication'), { timeout: 30_000 })
      .toMatch(/role:slave[^]*master_link_status:up/);
    await after(2_000);
    const events: readonly WireEvent[] = await stage.stop();
    // One second until sentinels act, their election, and at most two for requests that got no answer.
    expect(stage.balanced.longestPauseMs).toBeLessThan(15_000);
    expect(events.filter(({ type }) => type === 'ConferenceStreamUnpublishedEvent')).toEqual([]);
  },
  180_000,
);
