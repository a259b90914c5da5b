import type { MediaLog } from '../media-router.ts';
import { loadPacketEngine } from '../native-transport/native-addon.ts';
import { NativeSocket } from '../native-transport/native-socket.ts';
import { NativeTransport } from '../native-transport/native-transport.ts';
import { NodeDatachannelTransport } from '../transport/node-datachannel-transport.ts';
import type { CreateRtpTransport } from '../transport/rtp-transport.ts';

/**
 * - `node-datachannel`: libdatachannel, on every platform;
 * - `native`: our own addon with Node's OpenSSL, on Linux where it was built. Experimental.
 */
export type TransportName = 'node-datachannel' | 'native';

export interface TransportsOptions {
  readonly bindAddress?: string;
  readonly udpPort?: number;
  readonly announcedAddress?: string;
  readonly transport?: TransportName;
}

interface Transports {
  readonly create: CreateRtpTransport;
  /** Closes what all transports share. */
  readonly close: () => void;
}

/** The transports of a router: those that are asked for, or node-datachannel's where they cannot run. */
export function transportsOf(options: TransportsOptions, log: MediaLog): Transports {
  if (options.transport === 'native') {
    try {
      return nativeTransports(options);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log('warn', 'The native transport cannot be used; node-datachannel takes its place', { reason });
    }
  }
  const { bindAddress, udpPort, announcedAddress } = options;
  return {
    create: (events) => new NodeDatachannelTransport({ bindAddress, udpPort, announcedAddress }, events),
    close: () => {},
  };
}

function nativeTransports({ bindAddress, udpPort, announcedAddress }: TransportsOptions): Transports {
  const socket = new NativeSocket({ Engine: loadPacketEngine(), bindAddress, udpPort });
  return {
    create: (events) => new NativeTransport({ socket, bindAddress, announcedAddress }, events),
    close: () => socket.close(),
  };
}
