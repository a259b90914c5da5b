import { seededRandom } from '../../src/testing/seeded-random.ts';
import { publishedFormat } from './load-offers.ts';
import type { LoadPeer } from './load-peer.ts';
import { LoadPublisher } from './load-publisher.ts';
import { LoadViewer } from './load-viewer.ts';
import type { RouterUnderLoad } from './router-under-load.ts';
import type { Scenario } from './scenarios.ts';

const tickMs = 5;

/** The publishers and viewers of one scenario, which send and report from `start()` until they are closed. */
export class Load {
  readonly #scenario: Scenario;
  readonly #router: RouterUnderLoad;
  readonly #random = seededRandom(7);
  readonly #peers: LoadPeer[] = [];
  readonly #publishers: LoadPublisher[] = [];
  readonly #viewers: LoadViewer[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(scenario: Scenario, router: RouterUnderLoad) {
    this.#scenario = scenario;
    this.#router = router;
  }

  get peerCount(): number {
    return this.#peers.length;
  }

  /** Publishes one more stream, and returns its id. */
  async publish(): Promise<string> {
    const { layers, lossRatio } = this.#scenario;
    const { streamId, peer, offer } = await this.#router.publish(layers.length > 1);
    this.#peers.push(peer);
    const options = { lossRatio, random: this.#random };
    this.#publishers.push(new LoadPublisher(peer, publishedFormat(offer), layers, options));
    return streamId;
  }

  /** Adds viewers to the stream. */
  async view(streamId: string, count: number): Promise<void> {
    const { lossRatio, hasFeedback } = this.#scenario;
    for (let index = 0; index < count; index += 1) {
      const { peer, format } = await this.#router.view(streamId, hasFeedback);
      this.#peers.push(peer);
      this.#viewers.push(new LoadViewer(peer, format, { lossRatio, random: this.#random }));
    }
  }

  start(): void {
    const startMs = performance.now();
    const { pace = 1 } = this.#scenario;
    for (const one of this.#publishers) one.begin(startMs);
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      for (const one of this.#publishers) one.tick(startMs + (nowMs - startMs) * pace);
      for (const one of this.#viewers) one.tick(nowMs);
    }, tickMs);
  }

  /** Packets so far: those due to each viewer, by publisher, and those that each viewer received. */
  counts(): { readonly expected: readonly number[]; readonly got: readonly number[] } {
    return {
      expected: this.#publishers.map((one) => one.expectedPackets),
      got: this.#viewers.map(({ packets }) => packets),
    };
  }

  close(): void {
    clearInterval(this.#timer);
    for (const peer of this.#peers) peer.close();
  }
}
