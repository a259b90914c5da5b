import { dropGhosts } from './nodes/drop-ghosts.ts';
import type { ForwardRequests } from './nodes/forward-requests.ts';
import { withdrawOrphans } from './nodes/withdraw-orphans.ts';
import type { Conferencing, Foundation } from './start-conferencing.ts';
import type { Media } from './start-media.ts';

/** What a server does as one of several nodes. */
export interface NodePart {
  /** Asks those who publish here to move to another node, and takes nothing new from now on. Needs another node. */
  readonly drain: () => Promise<void>;
  /** Withdraws the streams that have not moved, so that their publishers publish them at another node. */
  readonly stop: () => Promise<void>;
}

/** Starts what a server does for other nodes; `load` is what it carries. Does nothing for a server of its own. */
export function startNode(
  { clock, storage, onError }: Foundation,
  { conferences, endpoints }: Conferencing,
  { moving, streams }: Media,
  forwarding: ForwardRequests | undefined,
  load: () => number,
): NodePart {
  const { shared } = storage;
  if (!shared || !forwarding) return { drain: () => Promise.resolve(), stop: () => Promise.resolve() };
  const { cluster } = shared;
  withdrawOrphans(cluster, conferences);
  const stopSweeping = dropGhosts(clock, shared.sharing, conferences, endpoints, onError);
  cluster.reportLoad(load);
  shared.started();
  return {
    drain: async () => {
      try {
        if ((await cluster.others()).length === 0) return;
        forwarding.isLeaving = true;
        await cluster.drain();
        await moving?.askPublishers();
      } catch (error) {
        // Without the engine nothing moves, and the streams end with this node.
        onError(error);
      }
    },
    stop: async () => {
      stopSweeping();
      await streams.withdrawAll();
    },
  };
}
