import { isIP } from 'node:net';
import { cleanup } from 'node-datachannel';
import type { MediaRouter } from './media-router.ts';
import { OverloadWatch } from './overload-watch.ts';
import { PacketRouter } from './packet-router.ts';
import type { PacketRouterOptions } from './packet-router.ts';
import { NodeDatachannelTransport } from './transport/node-datachannel-transport.ts';

/** Where the embedded router listens, and what it tells peers about it. */
export interface EmbeddedMediaRouterOptions {
  /** Address to bind UDP sockets to. Default: all interfaces. */
  readonly bindAddress?: string;
  /** One UDP port for all peers. Default (or 0): a free port for each peer. */
  readonly udpPort?: number;
  /** Address that peers are told in place of the machine's own, behind 1:1 NAT. */
  readonly announcedAddress?: string;
  readonly log?: PacketRouterOptions['log'];
}

/** The library's threads are shared by all routers of the process, so the last one to close frees them. */
let openRouters = 0;

/**
 * A media router inside this process. Sockets are opened with the first peer.
 * @throws TypeError when an address is no IP address
 */
export function createEmbeddedRouter(options: EmbeddedMediaRouterOptions = {}): MediaRouter {
  const { bindAddress, udpPort, announcedAddress } = options;
  assertIpAddresses(options);
  openRouters += 1;
  return new PacketRouter({
    createTransport: (events) =>
      new NodeDatachannelTransport({ bindAddress, udpPort, announcedAddress }, events),
    now: () => performance.now(),
    log: options.log ?? (() => {}),
    overload: new OverloadWatch(),
    release: () => {
      openRouters -= 1;
      if (openRouters === 0) cleanup();
    },
  });
}

/** @throws TypeError when an address is no IP address */
export function assertIpAddresses({ bindAddress, announcedAddress }: EmbeddedMediaRouterOptions): void {
  assertIpAddress('bindAddress', bindAddress);
  assertIpAddress('announcedAddress', announcedAddress);
}

function assertIpAddress(name: string, address: string | undefined): void {
  if (address === undefined || isIP(address) !== 0) return;
  throw new TypeError(`${name} must be an IP address, but is "${address}".`);
}
