import type { Server, Socket } from 'node:net';
import type { Limits } from '../limits/limits.ts';
import { addressKey } from './rates/address-key.ts';

/** Closes connections above the limits: of all callers together, and of each address unless it may be a proxy's. */
export function limitConnections(
  server: Server,
  { connections, connectionsPerAddress }: Pick<Limits, 'connections' | 'connectionsPerAddress'>,
  isBehindProxy: boolean,
): void {
  server.maxConnections = connections;
  if (isBehindProxy) return;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = addressKey(socket.remoteAddress ?? '');
    const count = (open.get(address) ?? 0) + 1;
    if (count > connectionsPerAddress) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const rest = (open.get(address) ?? 0) - 1;
      if (rest > 0) open.set(address, rest);
      else open.delete(address);
    });
  });
}
