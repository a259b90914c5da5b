import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { ConfigError } from './config-error.ts';
import type { MediaRouterOptions } from './media/create-media-router.ts';

/**
 * Checks that the UDP ports of a media router are free. The engine opens them only with the first peer, when a port in
 * use would fail a user's call.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) naming the port that cannot be used.
 */
export async function requireFreeUdpPorts(options: MediaRouterOptions): Promise<void> {
  const { udpPort, processes = 1, bindAddress = '0.0.0.0' } = options;
  if (!udpPort) return;
  for (let port = udpPort; port < udpPort + processes; port += 1) {
    try {
      await bindOnce(bindAddress, port);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigError(
        `PARLEY_UDP_PORT is ${udpPort}, but UDP port ${port} on ${bindAddress} cannot be used (${reason}). Stop the program that uses it, or choose another port.`,
        { cause: error },
      );
    }
  }
}

function bindOnce(address: string, port: number): Promise<void> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve()));
  });
}
