import type { Server } from 'node:http';
import type { MediaLog, MediaRouter, RelayingRouter } from '../media/media-router.ts';
import type { Cluster } from '../storage/storage.ts';
import { NodePoolRouter } from './node-pool-router.ts';
import { NodeTunnels } from './node-tunnels.ts';
import { serveOtherNodes } from './serve-other-nodes.ts';

/** The media router of a node among others: its streams are viewed at all of them, and theirs here. */
export class NodeMedia {
  readonly router: MediaRouter;
  readonly #local: RelayingRouter;
  readonly #tunnels: NodeTunnels;
  readonly #log: MediaLog;

  constructor(cluster: Pick<Cluster, 'others' | 'secret'>, local: RelayingRouter, log: MediaLog) {
    this.#tunnels = new NodeTunnels(cluster.secret);
    this.router = new NodePoolRouter({ local, cluster, tunnels: this.#tunnels, log });
    this.#local = local;
    this.#log = log;
  }

  /** How many media connections this node has, its own and those of other nodes' streams. */
  get load(): number {
    return this.#local.peerCount;
  }

  /** Takes streams from other nodes, at the server of the API. */
  serve(server: Server): void {
    serveOtherNodes(server, this.#tunnels, this.#local, this.#log);
  }

  /** Ends all relays from and to this node. */
  close(): void {
    this.#tunnels.close();
  }
}
