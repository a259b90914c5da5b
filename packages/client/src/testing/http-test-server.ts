import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that the server received. */
interface ReceivedRequest {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A response; a function handles the socket itself. */
export type Reply =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string }
  | ((response: ServerResponse) => void);

export interface HttpTestServer {
  readonly url: string;
  /** All requests so far, oldest first. */
  readonly requests: ReceivedRequest[];
  /** Sets the replies, used in turn; the last one repeats. */
  reply(...replies: Reply[]): void;
  close(): Promise<void>;
}

/** A real HTTP server on an ephemeral loopback port that records requests and sends the given replies. */
export async function startHttpTestServer(): Promise<HttpTestServer> {
  const requests: ReceivedRequest[] = [];
  let replies: Reply[] = [];

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url, headers } = request;
    requests.push({ line: `${method} ${url}`, headers, body: await text(request) });
    const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? {};
    if (typeof reply === 'function') return reply(response);
    const { status = reply.body === undefined ? 204 : 200, body } = reply;
    response.writeHead(status, { 'content-type': 'application/json', ...reply.headers }).end(body);
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    reply(...next) {
      replies = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
