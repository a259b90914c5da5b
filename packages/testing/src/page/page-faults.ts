import { OnlineStatus } from '../browser/online-status.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { FaultTarget } from '../faults/fault-target.ts';
import { runFaultPlan, type FaultRun, type FaultRunOptions } from '../faults/run-fault-plan.ts';
import { FakeNetwork } from '../http/fake-network.ts';
import { interceptRequests } from './intercept-requests.ts';
import { PageDevices } from './page-devices.ts';
import { PageFeed } from './page-feed.ts';
import { PagePeers, type PeerChange } from './page-peers.ts';

export type { PeerChange };

export interface PageFaultsOptions {
  /** Base URL of the server, as for `Conference.join`. Default: the page's own origin. */
  readonly server?: string;
  /** Called when a peer connection that a plan broke reports another state, such as `connected` once it has a new path. */
  readonly onPeerChange?: (change: PeerChange) => unknown;
}

/**
 * Runs fault plans in a page with a real server and real devices. Create it before the page joins: it follows the requests, peer
 * connections and tracks that are created from then on.
 *
 * A page cannot stop the packets of its media. Peer connections report that they are broken, and the SDK recovers for real, but
 * media keep flowing.
 */
export class PageFaults implements Disposable {
  readonly #network = new FakeNetwork();
  readonly #feed = new PageFeed();
  readonly #peers: PagePeers;
  readonly #devices = new PageDevices();
  readonly #online = new OnlineStatus();
  readonly #stopIntercepting: () => void;
  readonly #runs = new Set<FaultRun>();

  constructor({
    server = globalThis.location?.origin ?? '',
    onPeerChange = () => {},
  }: PageFaultsOptions = {}) {
    this.#peers = new PagePeers(onPeerChange);
    this.#stopIntercepting = interceptRequests({ server, network: this.#network, feed: this.#feed });
  }

  /**
   * Runs a fault plan, in real time.
   *
   * @throws FaultPlanError (`ERR_FAULT_PLAN`) for a plan that is not valid.
   */
  run(plan: FaultPlan, options?: FaultRunOptions): FaultRun {
    const run = runFaultPlan(plan, this.#target(), options);
    this.#runs.add(run);
    return run;
  }

  /** Stops all plans, and restores the page. */
  close(): void {
    for (const run of this.#runs) run.stop();
    this.#stopIntercepting();
    this.#peers.close();
    this.#devices.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #target(): FaultTarget {
    return {
      disturbRequests: (fateOf) => this.#network.disturb(fateOf),
      cutFeed: () => this.#feed.cut(),
      stallFeed: () => this.#feed.stall(),
      breakPeers: (effect, direction) => this.#peers.breakOff(effect, direction),
      recoverPeers: (direction) => this.#peers.recover(direction),
      troubleDevice: (device, effect) => this.#devices.trouble(device, effect),
      loseNetwork: () => {
        this.#setNetworkLost(true);
        return () => this.#setNetworkLost(false);
      },
    };
  }

  #setNetworkLost(isLost: boolean): void {
    this.#network.isLost = isLost;
    this.#online.set(!isLost);
    if (isLost) {
      this.#feed.cut();
      this.#peers.breakOff('disconnected');
    } else this.#peers.recover();
  }
}
