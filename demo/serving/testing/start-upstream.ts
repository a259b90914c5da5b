import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server for the proxy to forward to. */
export interface Upstream {
  readonly url: string;
  readonly server: Server;
  /** All connections that it has accepted, in order. */
  readonly connections: readonly Socket[];
  /** Cuts all connections and stops listening, as a crash does. */
  readonly crash: () => void;
}

/** Starts a server that answers with `listener`, until the test ends. */
export async function startUpstream(listener: RequestListener): Promise<Upstream> {
  const connections: Socket[] = [];
  const server = createServer(listener);
  server.on('connection', (socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const crash = (): void => {
    server.close();
    for (const socket of connections) socket.resetAndDestroy();
  };
  onTestFinished(crash);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, connections, crash };
}
