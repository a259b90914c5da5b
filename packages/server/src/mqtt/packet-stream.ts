import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket } from 'ws';

/** A chunk that was written. */
interface Written {
  readonly chunk: Buffer;
}

/** The bytes of an open WebSocket as a stream. Chunks that are written together, such as the parts of a packet, leave in one frame. */
export function packetStreamOf(socket: WebSocket): Duplex {
  return Object.assign(createWebSocketStream(socket), {
    _writev: (chunks: readonly Written[], done: (error?: Error | null) => void) => {
      socket.send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
    },
  });
}
