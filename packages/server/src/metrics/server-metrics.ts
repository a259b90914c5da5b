import type { ConferenceState } from '@parley-rtc/contract';
import { Gauge, Histogram, Registry } from 'prom-client';
import type { PeerFacts } from '../media/media-router.ts';
import { mediaMetrics } from './media-metrics.ts';
import { processMetrics } from './process-metrics.ts';

/** What {@link ServerMetrics} reads when somebody asks. */
export interface MeteredState {
  /** The conferences that have not ended. */
  readonly conferences: () => readonly ConferenceState[];
  /** How many views are open. */
  readonly viewCount: () => number;
  /** How the media of every peer fare. */
  readonly mediaFacts: () => Promise<readonly PeerFacts[]>;
}

/** The operation whose requests are parked. */
const pollOperation = 'getEvents';

/** From a few milliseconds to a long poll that waits in vain. */
const latencyBucketsSeconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** What one server tells Prometheus; the names begin with `parley_`, those of the process with `process_` and `nodejs_`. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #latency: Histogram<'operation' | 'status'>;
  #parkedPolls = 0;

  constructor({ conferences, viewCount, mediaFacts }: MeteredState) {
    this.#latency = new Histogram({
      name: 'parley_http_request_duration_seconds',
      help: 'Time from the headers of a request to the end of its answer. getEvents waits on purpose.',
      labelNames: ['operation', 'status'],
      buckets: latencyBucketsSeconds,
      registers: [this.#registry],
    });
    this.#gauge('parley_conferences', 'Conferences that have not ended.', () => conferences().length);
    this.#gauge('parley_participants', 'Endpoints inside conferences.', () =>
      sum(conferences(), ({ participants }) => participants.length),
    );
    this.#gauge('parley_streams', 'Published streams.', () =>
      sum(conferences(), ({ participants }) => sum(participants, ({ streams }) => streams.length)),
    );
    this.#gauge('parley_viewers', 'Open views of streams.', viewCount);
    this.#gauge('parley_parked_polls', 'Requests for events that wait.', () => this.#parkedPolls);
    for (const metric of mediaMetrics(mediaFacts)) this.#registry.registerMetric(metric);
  }

  /** Notes that a request for `operation` began. Call what it returns with the status once that is over. */
  begin(operation: string): (status: number) => void {
    const stop = this.#latency.startTimer({ operation });
    const isPoll = operation === pollOperation;
    if (isPoll) this.#parkedPolls += 1;
    return (status) => {
      if (isPoll) this.#parkedPolls -= 1;
      stop({ status });
    };
  }

  /** Everything in the text format of Prometheus, version 0.0.4. */
  async text(): Promise<string> {
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
}

function sum<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}
