import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { frameKind, FrameReader, writeFrame } from './relay-frames.ts';

/** How long a new connection may take to say which stream it wants. */
const helloDeadlineMs = 5_000;

/**
 * Listens for routers of this machine that want a stream, at the path of a Unix socket (on Windows, of a named pipe). Whoever may
 * open the path receives the media, so it belongs in a folder of the server's own.
 */
export async function listenForRelays(
  path: string,
  onRelay: (streamKey: string, connection: Socket) => void,
): Promise<Server> {
  const server = createServer((connection) => {
    const reader = new FrameReader();
    const deadline = setTimeout(() => connection.destroy(), helloDeadlineMs);
    connection.on('error', () => {});
    connection.once('close', () => clearTimeout(deadline));
    const take = (bytes: Buffer): void => {
      // The other router sends nothing more before it has the stream's description.
      const [hello] = reader.read(bytes);
      if (!hello) return;
      connection.off('data', take);
      clearTimeout(deadline);
      try {
        if (hello.kind !== frameKind.hello) throw new Error('A relay starts with a greeting.');
        onRelay(hello.content.toString(), connection);
      } catch {
        // The stream ended, or this is not a router: the other end learns that it gets nothing.
        connection.destroy();
      }
    };
    connection.on('data', take);
  });
  server.listen(path);
  await once(server, 'listening');
  server.unref();
  return server;
}

/** Asks the router that listens at this path for a stream. */
export function connectRelay(path: string, streamKey: string): Socket {
  const connection = createConnection(path);
  connection.write(writeFrame(frameKind.hello, Buffer.from(streamKey)));
  return connection;
}
