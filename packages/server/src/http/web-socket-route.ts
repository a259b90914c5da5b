import type { IncomingMessage } from 'node:http';
import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { RefusalError } from '../refusal.ts';
import { addressKey } from './rates/address-key.ts';

/** What serves the WebSockets of a route. */
interface WebSocketServer {
  /** Refuses a client before its WebSocket opens. `address` identifies where it comes from. */
  admit(address: string): void;
  accept(
    socket: WebSocket,
    origin: { readonly address: string; readonly requestId: string; readonly request: IncomingMessage },
  ): void;
}

/** What {@link addWebSocketRoute} needs. */
export interface WebSocketRouteOptions {
  readonly path: string;
  /** The only subprotocol that is spoken. */
  readonly subprotocol: string;
  readonly maxMessageBytes: number;
  readonly server: WebSocketServer;
}

/** Adds a route that opens WebSockets. Its requests pass the hooks of all routes first, which log and limit them. */
export async function addWebSocketRoute(
  app: FastifyInstance,
  { path, subprotocol, maxMessageBytes, server }: WebSocketRouteOptions,
): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(websocket, {
      options: {
        maxPayload: maxMessageBytes,
        // Events are short, and compression takes 300 kB for each client.
        perMessageDeflate: false,
        clientTracking: false,
        handleProtocols: () => subprotocol,
      },
      // The message may be the client's, and a broken connection is not an error of the server's.
      errorHandler: (_error, socket) => {
        socket.terminate();
      },
      // Whatever serves the sockets closes them.
      preClose: (done) => {
        done();
      },
    });
    scope.get(
      path,
      {
        websocket: true,
        preValidation: async (request) => {
          requireSubprotocol(request, subprotocol);
          server.admit(addressKey(request.ip));
        },
      },
      (socket, { ip, id: requestId, raw: request }) => {
        server.accept(socket, { address: addressKey(ip), requestId, request });
      },
    );
  });
}

function requireSubprotocol({ headers }: FastifyRequest, subprotocol: string): void {
  const asked = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (headers.upgrade?.toLowerCase() === 'websocket' && asked.includes(subprotocol)) return;
  throw new RefusalError('invalid_request', `Open a WebSocket with the subprotocol "${subprotocol}" here.`);
}
