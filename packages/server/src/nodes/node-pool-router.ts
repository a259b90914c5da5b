import type { Duplex } from 'node:stream';
import type { MediaLog, RelayingRouter, ViewRequest } from '../media/media-router.ts';
import type { ChooseRouter } from '../media/pool/choose-router.ts';
import { LocalLink } from '../media/pool/local-link.ts';
import { PooledRouter } from '../media/pool/pooled-router.ts';
import type { Placement, RouterSlot } from '../media/pool/pooled-stream.ts';
import type { Cluster, OtherNode } from '../storage/storage.ts';
import { NodeRouterLink } from './node-router-link.ts';
import type { NodeTunnels } from './node-tunnels.ts';

/** What {@link NodePoolRouter} needs. */
export interface NodePoolRouterOptions {
  /** The router of this node. It closes with this one. */
  readonly local: RelayingRouter;
  readonly cluster: Pick<Cluster, 'others'>;
  readonly tunnels: Pick<NodeTunnels, 'open'>;
  readonly log: MediaLog;
  /** Decides which node gets another view. */
  readonly choose?: ChooseRouter | undefined;
}

/** Another node as a place for views. */
interface NodeSlot extends RouterSlot {
  readonly link: NodeRouterLink;
  /** Whether it stays, as far as is known. */
  isReady: boolean;
  otherPeers: number;
  /** What it last said that it carries. */
  saidLoad: number;
}

/** What nodes say of their load is as old as this anyway. */
const knownForMs = 1_000;

/**
 * The router of this node, whose streams can be viewed at other nodes, too: an overcrowded stream is relayed to nodes that have
 * clearly less to do. Publishers connect to this node.
 */
export class NodePoolRouter extends PooledRouter {
  readonly #options: NodePoolRouterOptions;
  readonly #here: RouterSlot;
  readonly #nodes = new Map<string, NodeSlot>();
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(options: NodePoolRouterOptions) {
    super(options);
    this.#options = options;
    const { local } = options;
    const ownPeers = (): number => this.peersOf(this.#here);
    this.#here = {
      name: 'this node',
      isReady: true,
      takesPublishers: true,
      link: new LocalLink(local),
      /** Those that other nodes have given to it. */
      get otherPeers() {
        return Math.max(0, local.peerCount - ownPeers());
      },
    };
    local.onPeerLost((lost) => this.take({ kind: 'lost', lost }));
    local.onLayersChanged((changed) => this.take({ kind: 'layers', changed }));
    local.onRecorded((report) => this.take({ kind: 'recorded', report }));
  }

  override async view(request: ViewRequest): Promise<{ readonly sdpAnswer: string }> {
    await this.#readNodes();
    return await super.view(request);
  }

  override async close(): Promise<void> {
    await super.close();
    for (const { link } of this.#nodes.values()) link.close();
    await this.#options.local.close();
  }

  protected override get slots(): readonly RouterSlot[] {
    return [this.#here, ...this.#nodes.values()];
  }

  protected override async relay(streamKey: string, to: Placement, from: Placement): Promise<unknown> {
    const { local, tunnels } = this.#options;
    const connection: Duplex = await tunnels.open(to.slot.name, { use: 'relay', streamKey });
    local.sendRelay(from.innerKey, connection);
    // The other node may hang; then the relay ends, and its viewers need other views.
    connection.once('close', () => this.take({ kind: 'lost', lost: { streamKey } }));
    return await to.link.request('relay', { streamKey });
  }

  async #readNodes(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#readMs < knownForMs) return;
    this.#readMs = nowMs;
    let others: readonly OtherNode[];
    try {
      others = await this.#options.cluster.others();
    } catch {
      // Without the engine, views go where they went before.
      return;
    }
    for (const slot of this.#nodes.values()) slot.isReady = others.some(({ url }) => url === slot.name);
    for (const node of others) this.#note(node);
  }

  #note({ url, load }: OtherNode): void {
    const known = this.#nodes.get(url);
    if (!known) {
      this.#nodes.set(url, this.#slotOf(url, load));
    } else if (known.saidLoad !== load) {
      known.saidLoad = load;
      // Its own count includes what it carries for this node.
      known.otherPeers = Math.max(0, load - this.peersOf(known));
    }
  }

  #slotOf(url: string, load: number): NodeSlot {
    const link: NodeRouterLink = new NodeRouterLink({
      open: () => this.#options.tunnels.open(url, { use: 'router' }),
      onNews: (news) => this.take(news),
      onEnd: () => {
        if (this.#nodes.get(url)?.link === link) this.#nodes.delete(url);
        this.lose(link);
      },
    });
    return { name: url, isReady: true, takesPublishers: false, link, otherPeers: load, saidLoad: load };
  }
}
