import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { frameAt, frameKind, writeFrame, type FrameKind } from './relay-frames.ts';

/** What a router does with streams that others of this machine ask for or offer. */
export interface RelayHandlers {
  readonly onAsked: (streamKey: string, connection: Socket) => void;
  readonly onOffered: (streamKey: string, connection: Socket) => void;
}

/** How long a new connection may take to say which stream it is for. */
const firstFrameDeadlineMs = 5_000;

/**
 * Listens for other routers of this machine at the path of a Unix socket (on Windows, of a named pipe). Whoever may open the path
 * receives media, so it belongs in a folder of the server's own.
 */
export async function listenForRelays(path: string, handlers: RelayHandlers): Promise<Server> {
  const server = createServer((connection) => {
    let bytes = Buffer.alloc(0);
    const deadline = setTimeout(() => connection.destroy(), firstFrameDeadlineMs);
    connection.on('error', () => {});
    connection.once('close', () => clearTimeout(deadline));
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const first = frameAt(bytes, 0);
      if (!first) return;
      connection.off('data', take);
      clearTimeout(deadline);
      // An offer may be followed immediately by the stream.
      if (first.end < bytes.length) connection.unshift(bytes.subarray(first.end));
      try {
        handlerFor(first.kind, handlers)(first.content.toString(), connection);
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
export function askForRelay(path: string, streamKey: string): Socket {
  return connectRelay(path, frameKind.ask, streamKey);
}

/** Offers a stream to the router that listens at this path. */
export function offerRelay(path: string, streamKey: string): Socket {
  return connectRelay(path, frameKind.offer, streamKey);
}

function connectRelay(path: string, kind: FrameKind, streamKey: string): Socket {
  const connection = createConnection(path);
  // Errors are followed by `close`.
  connection.on('error', () => {});
  connection.write(writeFrame(kind, Buffer.from(streamKey)));
  return connection;
}

function handlerFor(kind: number, { onAsked, onOffered }: RelayHandlers): RelayHandlers['onAsked'] {
  if (kind === frameKind.ask) return onAsked;
  if (kind === frameKind.offer) return onOffered;
  throw new Error('A relay starts with the name of a stream.');
}
