import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Forwards each incoming connection to another address. */
export interface TcpForwarder {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on a free port of `host` and forwards to `targetPort` of this machine's loopback. `onBytes` receives what each
 * socket sends: a connection has two, one for each direction.
 */
export async function forwardTcp(
  host: string,
  targetPort: number,
  onBytes?: (bytes: Buffer, from: Socket) => void,
): Promise<TcpForwarder> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  const server = createServer((incoming) => {
    const outgoing = keep(connect(targetPort, 'localhost'));
    if (onBytes) {
      for (const socket of [incoming, outgoing]) socket.on('data', (bytes: Buffer) => onBytes(bytes, socket));
    }
    keep(incoming).pipe(outgoing).pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
