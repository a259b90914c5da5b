import { isIP } from 'node:net';
import { cleanup } from 'node-datachannel';
import { PacketDump } from '../dump/packet-dump.ts';
import type { MediaLog, RelayingRouter } from '../media-router.ts';
import { OverloadWatch } from './overload-watch.ts';
import { PacketRouter } from './packet-router.ts';
import { transportsOf, type TransportName } from './transports.ts';

/** Where the embedded router listens, and which addresses it announces. */
export interface EmbeddedMediaRouterOptions {
  /** Address to bind UDP sockets to. Default: all interfaces. */
  readonly bindAddress?: string;
  /** One UDP port for all peers. Default (or 0): a free port for each peer. */
  readonly udpPort?: number;
  /** Address that peers receive instead of the machine's own, behind 1:1 NAT. */
  readonly announcedAddress?: string;
  /** What moves the packets. Default `node-datachannel`. */
  readonly transport?: TransportName;
  /** Folder for dumps of decrypted packets, created if missing. Default: no dumps. */
  readonly packetDumpDir?: string;
  readonly log?: MediaLog;
}

/** All routers of the process share the library's threads, so the last one to close frees them. */
let openRouters = 0;

/**
 * A media router inside this process. Opens sockets with the first peer.
 * @throws TypeError when an address is not an IP address
 */
export function createEmbeddedRouter(options: EmbeddedMediaRouterOptions = {}): RelayingRouter {
  const { packetDumpDir, log = () => {} } = options;
  assertIpAddresses(options);
  openRouters += 1;
  const transports = transportsOf(options, log);
  const dump = packetDumpDir === undefined ? undefined : new PacketDump({ folder: packetDumpDir, log });
  return new PacketRouter({
    createTransport: transports.create,
    now: () => performance.now(),
    log,
    ...(dump && { dump }),
    overload: new OverloadWatch(),
    release: async () => {
      transports.close();
      openRouters -= 1;
      if (openRouters === 0) cleanup();
      await dump?.close();
    },
  });
}

/** @throws TypeError when an address is not an IP address */
export function assertIpAddresses({ bindAddress, announcedAddress }: EmbeddedMediaRouterOptions): void {
  assertIpAddress('bindAddress', bindAddress);
  assertIpAddress('announcedAddress', announcedAddress);
}

function assertIpAddress(name: string, address: string | undefined): void {
  if (address === undefined || isIP(address) !== 0) return;
  throw new TypeError(`${name} must be an IP address, but is "${address}".`);
}
