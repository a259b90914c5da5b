import { cleanup } from 'node-datachannel';
import type { MediaRouter } from '../../../server/src/media/media-router.ts';
import { PacketRouter } from '../../../server/src/media/routing/packet-router.ts';
import { NodeDatachannelTransport } from '../../../server/src/media/transport/node-datachannel-transport.ts';

/** All routers of the process share the library's threads. */
let openRouters = 0;

/**
 * The media router of a node, which accepts streams however late its timers are: the nodes of a test share one process, and often
 * a busy machine.
 */
export function openPatientRouter(): MediaRouter {
  openRouters += 1;
  return new PacketRouter({
    createTransport: (events) => new NodeDatachannelTransport({}, events),
    now: () => performance.now(),
    log: () => {},
    release: () => {
      openRouters -= 1;
      if (openRouters === 0) cleanup();
    },
  });
}
