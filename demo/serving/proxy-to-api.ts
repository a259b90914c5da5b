import { Agent, ServerResponse, type IncomingMessage } from 'node:http';
import { createProxyServer } from 'httpxy';

/** Passes requests on to the Parley server. */
export interface ApiProxy {
  readonly forward: (request: IncomingMessage, response: ServerResponse) => void;
  /** Closes the connections that are kept for later requests. */
  readonly close: () => void;
}

/**
 * Forwards requests to `api` over connections that it keeps. Bodies and streams pass as they come, without a deadline: a
 * long poll takes as long as the server parks it.
 */
export function proxyToApi(api: string): ApiProxy {
  // Without a maximum, because each long poll and each push stream occupies a connection.
  const agent = new Agent({ keepAlive: true });
  const proxy = createProxyServer({ target: api, agent });
  proxy.on('proxyReq', (toApi, { socket }) => {
    toApi.setHeader('x-forwarded-for', socket.remoteAddress ?? '');
  });
  proxy.on('proxyRes', ({ headers }) => {
    // It says how long the API keeps its connections, not how long this server keeps the browser's.
    delete headers['keep-alive'];
  });
  proxy.on('error', (_error, _request, response) => {
    if (response instanceof ServerResponse) answerUnreachable(response);
  });
  return {
    forward: (request, response) => void proxy.web(request, response),
    close: () => agent.destroy(),
  };
}

/** Answers what a load balancer in front of a crashed server does, in the API's own format. */
function answerUnreachable(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(502, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(
    JSON.stringify({
      error: 'server_unreachable',
      error_description: 'The Parley server behind this proxy does not answer.',
    }),
  );
}
