import type { ConferenceState } from '@parley-rtc/contract';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PeerFacts } from '../media/media-router.ts';
import { mediaMetrics } from './media-metrics.ts';
import { processMetrics } from './process-metrics.ts';

/** What {@link ServerMetrics} reads at each scrape. */
export interface MeteredState {
  /** The active conferences. */
  readonly conferences: () => readonly ConferenceState[];
  /** How many streams this node receives, where nodes share the conferences; undefined for a server of its own. */
  readonly streamCount?: (() => number) | undefined;
  /** How many views are open. */
  readonly viewCount: () => number;
  /** Media statistics of every peer. */
  readonly mediaFacts: () => Promise<readonly PeerFacts[]>;
  /** Counts of the MQTT clients. */
  readonly mqtt: () => MqttCounts;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** MQTT clients now, and totals since the server started. */
interface MqttCounts {
  readonly clients: number;
  readonly subscriptions: number;
  readonly deliveredTotal: number;
  readonly refusedTotal: number;
}

/** The operation whose requests are parked. */
const pollOperation = 'getEvents';

/** From a few milliseconds to a long poll that times out. */
const latencyBucketsSeconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** How long a text is repeated at least. */
const leastRepeatMs = 1_000;
/**
 * How long it is repeated for each millisecond that it took. With a thousand peers it takes most of a second, and anyone
 * may ask without a token, so it must not take more than a tenth of the time.
 */
const repeatFactor = 9;

/**
 * One server's metrics for Prometheus; names begin with `parley_`, those of the process with `process_` and `nodejs_`.
 */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #latency: Histogram<'operation' | 'status'>;
  readonly #now: () => number;
  #parkedPolls = 0;
  #text: Promise<string> | undefined;
  #repeatUntilMs = Number.NEGATIVE_INFINITY;

  constructor({ conferences, streamCount, viewCount, mediaFacts, mqtt, now }: MeteredState) {
    this.#now = now;
    this.#latency = new Histogram({
      name: 'parley_http_request_duration_seconds',
      help: 'Time from the request headers to the end of the response. getEvents waits by design.',
      labelNames: ['operation', 'status'],
      buckets: latencyBucketsSeconds,
      registers: [this.#registry],
    });
    // All nodes report the same number of these, which a sum over nodes would multiply.
    const prefix = streamCount ? 'parley_cluster_' : 'parley_';
    this.#gauge(`${prefix}conferences`, 'Active conferences.', () => conferences().length);
    this.#gauge(`${prefix}participants`, 'Endpoints in conferences.', () =>
      sum(conferences(), ({ participants }) => participants.length),
    );
    this.#gauge(`${prefix}streams`, 'Published streams.', () =>
      sum(conferences(), ({ participants }) => sum(participants, ({ streams }) => streams.length)),
    );
    if (streamCount) this.#gauge('parley_streams', 'Streams that this node receives.', streamCount);
    this.#gauge('parley_viewers', 'Open views of streams.', viewCount);
    this.#gauge('parley_parked_polls', 'Parked requests for events.', () => this.#parkedPolls);
    this.#gauge('parley_mqtt_clients', 'MQTT clients that are logged in.', () => mqtt().clients);
    this.#gauge('parley_mqtt_subscriptions', 'Topics that MQTT clients follow.', () => mqtt().subscriptions);
    this.#counter('parley_mqtt_events_total', 'Events sent to MQTT clients.', () => mqtt().deliveredTotal);
    this.#counter(
      'parley_mqtt_refused_total',
      'Logins, subscriptions and packets of MQTT clients that were refused.',
      () => mqtt().refusedTotal,
    );
    for (const metric of mediaMetrics(mediaFacts)) this.#registry.registerMetric(metric);
  }

  /**
   * Records the start of a request for `operation`. Call the returned function with the status when the request ends.
   */
  begin(operation: string): (status: number) => void {
    const stop = this.#latency.startTimer({ operation });
    const isPoll = operation === pollOperation;
    if (isPoll) this.#parkedPolls += 1;
    return (status) => {
      if (isPoll) this.#parkedPolls -= 1;
      stop({ status });
    };
  }

  /** All metrics in Prometheus's text format, version 0.0.4. The same again for a moment, because they take time. */
  text(): Promise<string> {
    if (this.#text && this.#now() < this.#repeatUntilMs) return this.#text;
    const startMs = this.#now();
    const repeatFor = (ms: number): void => {
      this.#repeatUntilMs = this.#now() + ms;
    };
    const text = this.#collect();
    this.#text = text;
    // Until it is there, everyone waits for it.
    repeatFor(Infinity);
    text.then(
      () => repeatFor(Math.max(leastRepeatMs, repeatFactor * (this.#now() - startMs))),
      () => repeatFor(0),
    );
    return text;
  }

  async #collect(): Promise<string> {
    return Registry.merge([await processMetrics(), this.#registry]).metrics();
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    });
    this.#registry.registerMetric(gauge);
  }

  #counter(name: string, help: string, read: () => number): void {
    const counter = new Counter({
      name,
      help,
      registers: [],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
    this.#registry.registerMetric(counter);
  }
}

function sum<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}
