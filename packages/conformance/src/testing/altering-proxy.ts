import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request on its way to the server. */
export interface PassingRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response on its way back to the caller. */
export interface PassingAnswer {
  readonly status: number;
  /** JSON, or empty. */
  readonly body: string;
}

/** Forwards a request to the real server. */
export type Forward = (request: PassingRequest) => Promise<PassingAnswer>;

/** Starts a proxy in front of `target` that responds with `answer`, until the test ends. Returns its URL. */
export async function startAlteringProxy(
  target: string,
  answer: (request: PassingRequest, forward: Forward) => Promise<PassingAnswer>,
): Promise<string> {
  const forward: Forward = async ({ method, path, headers, body }) => {
    const response = await fetch(`${target}${path}`, { method, headers, ...(body !== '' && { body }) });
    return { status: response.status, body: await response.text() };
  };
  const server = createServer((incoming, outgoing) => {
    const reply = async (): Promise<void> => {
      const { status, body } = await answer(await read(incoming), forward);
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(body);
    };
    reply().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function read(incoming: IncomingMessage): Promise<PassingRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { authorization, 'content-type': contentType } = incoming.headers;
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(contentType !== undefined && { 'content-type': contentType }),
    },
    body: Buffer.concat(chunks).toString(),
  };
}
