import { setTimeout as after } from 'node:timers/promises';
import type { WireConference, WireEvent } from '@parley-rtc/contract';
import { expect, onTestFinished } from 'vitest';
import { PushReader, type PushMessage } from './push-reader.ts';
import type { TestCluster, TestNode } from './test-cluster.ts';
import type { Answer, Asked, Caller } from './test-server.ts';

/** Sends each request to the next node, as a load balancer does, and again while a node is away. */
export class Balanced {
  readonly #desk: Caller;
  readonly #urls: readonly string[];
  #next = 0;
  /** Requests that were answered with something else than success, or 503. */
  readonly refused: string[] = [];
  repeated = 0;
  /** The longest time without a success. */
  longestPauseMs = 0;
  #succeededAtMs = performance.now();

  constructor({ desk, nodes }: TestCluster) {
    this.#desk = desk;
    this.#urls = nodes.map(({ url }) => url);
  }

  /** The caller at the next node. */
  next(): Caller {
    this.#next += 1;
    return this.#desk.at(this.#urls[this.#next % this.#urls.length] ?? '');
  }

  async do<Body = unknown>(operationId: string, asked: Asked): Promise<Body> {
    for (;;) {
      const answer = await this.next()
        .call<Body>(operationId, { ...asked, signal: AbortSignal.timeout(5_000) })
        .catch(() => undefined);
      if (answer && answer.status < 300) {
        this.longestPauseMs = Math.max(this.longestPauseMs, performance.now() - this.#succeededAtMs);
        this.#succeededAtMs = performance.now();
        return answer.body;
      }
      if (answer && answer.status !== 503) this.#refuse(operationId, answer);
      this.repeated += 1;
      await after(100);
    }
  }

  #refuse(operationId: string, { status, body }: Answer): void {
    this.refused.push(`${operationId} ${status} ${JSON.stringify(body)}`);
    if (this.refused.length > 20) throw new Error(this.refused.join('\n'));
  }
}

/** Follows a conference by push, at another node whenever the push ends. */
export class Feed {
  readonly versions: number[] = [];
  readonly events: PushMessage['event'][] = [];
  reopened = 0;
  #isOver = false;
  #reader: PushReader | undefined;

  static start(balanced: Pick<Balanced, 'next'>, conferenceId: string): Feed {
    const feed = new Feed();
    void feed.#follow(balanced, conferenceId);
    onTestFinished(() => feed.end());
    return feed;
  }

  end(): void {
    this.#isOver = true;
    this.#reader?.hangUp();
  }

  async #follow(balanced: Pick<Balanced, 'next'>, conferenceId: string): Promise<void> {
    let lastEventId: string | undefined;
    while (!this.#isOver) {
      try {
        const start = lastEventId === undefined ? { v: 0 } : { lastEventId };
        this.#reader = await PushReader.open(balanced.next(), conferenceId, start);
        for (let message = await this.#reader.next(); message; message = await this.#reader.next()) {
          lastEventId = message.id;
          this.events.push(message.event);
          const { conferenceVersion: version } = message.event;
          if (typeof version === 'number') this.versions.push(version);
        }
      } catch {
        await after(50);
      }
      this.reopened += 1;
    }
  }
}

/** A conference in which somebody publishes at a node while commands go on at all nodes. */
export class ClusterStage {
  readonly balanced: Balanced;
  readonly conferenceId: string;
  readonly userEndpointId: string;
  readonly feeds: readonly Feed[];
  commands = 0;
  #isOver = false;
  #going: Promise<void> | undefined;

  private constructor(balanced: Balanced, conferenceId: string, userEndpointId: string) {
    this.balanced = balanced;
    this.conferenceId = conferenceId;
    this.userEndpointId = userEndpointId;
    this.feeds = Array.from({ length: 3 }, () => Feed.start(balanced, conferenceId));
  }

  static async open(cluster: TestCluster): Promise<ClusterStage> {
    const balanced = new Balanced(cluster);
    const conferenceId = await cluster.desk.create();
    const userEndpointId = await cluster.desk.join(conferenceId);
    return new ClusterStage(balanced, conferenceId, userEndpointId);
  }

  /** Publishes a stream at a node, and returns its id. */
  async publishAt({ url }: TestNode, desk: Caller): Promise<string> {
    return desk.at(url).publish(this.conferenceId, this.userEndpointId);
  }

  /** Sends about ten commands a second, until {@link stop}. */
  go(): void {
    this.#going = (async () => {
      while (!this.#isOver) {
        this.commands += 1;
        await this.balanced.do('updateMetadata', {
          body: {
            conferenceId: this.conferenceId,
            userEndpointId: this.userEndpointId,
            operation: 'SET',
            key: 'count',
            value: String(this.commands),
          },
        });
        await this.balanced.do('keepAliveUserEndpoint', { body: { userEndpointId: this.userEndpointId } });
        await after(100);
      }
    })();
  }

  /** Ends the commands, and checks that every feed has every event once and in order. Returns all events. */
  async stop(): Promise<readonly WireEvent[]> {
    this.#isOver = true;
    await this.#going;
    const { version = 0 } = await this.balanced.do<WireConference>('getConference', {
      params: { id: this.conferenceId },
    });
    const events = await this.balanced.do<readonly WireEvent[]>('getEvents', {
      params: { id: this.conferenceId },
      query: { v: 0 },
    });
    await expectNothingMissed(this, version, events);
    return events;
  }
}

async function expectNothingMissed(
  { balanced, commands, feeds }: ClusterStage,
  version: number,
  events: readonly WireEvent[],
): Promise<void> {
  const all = Array.from({ length: version }, (_, index) => index);
  for (const feed of feeds) {
    await expect.poll(() => feed.versions.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(version);
    expect(feed.versions).toEqual(all);
  }
  const count = events.filter(({ type }) => type === 'ConferenceMetadataUpdatedEvent').length;
  // Repeated, a command whose answer was lost changes nothing but the version.
  expect(count).toBeGreaterThanOrEqual(commands);
  expect(count).toBeLessThanOrEqual(commands + balanced.repeated);
  expect(events.filter(({ type }) => type === 'ConferenceLeftEvent')).toEqual([]);
  expect(balanced.refused).toEqual([]);
}
