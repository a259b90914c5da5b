import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What can happen to a request on its way. */
type Fate = 'passed' | 'request lost' | 'answer lost' | 'sent twice' | 'bad gateway';

/** How often, of 100 requests. The rest passes. */
const fatesOf100: Readonly<Record<Exclude<Fate, 'passed'>, number>> = {
  'request lost': 5,
  'answer lost': 15,
  'sent twice': 10,
  'bad gateway': 5,
};

const html = '<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>';

/** A reverse proxy that loses requests and answers, repeats requests, and puts its own error in place of answers. */
export interface LosingProxy {
  readonly url: string;
  /** How often each fate has come to a command, by the command's path. */
  readonly fates: ReadonlyMap<string, Readonly<Partial<Record<Fate, number>>>>;
  /** Lets everything pass from now on. */
  heal(): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of the server at `target`. `random` returns numbers from 0 to 1. */
export async function startLosingProxy(target: string, random: () => number): Promise<LosingProxy> {
  const fates = new Map<string, Partial<Record<Fate, number>>>();
  let isHealed = false;
  const server = createServer((request, response) => {
    const fate = isHealed ? 'passed' : drawFate(random);
    const path = (request.url ?? '').replace(/\?.*/, '');
    if (request.method === 'POST') {
      const counts = fates.get(path) ?? {};
      fates.set(path, { ...counts, [fate]: (counts[fate] ?? 0) + 1 });
    }
    forward(target, request, response, fate).catch(() => response.destroy());
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    fates,
    heal: () => {
      isHealed = true;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function drawFate(random: () => number): Fate {
  let draw = random() * 100;
  for (const [fate, share] of Object.entries(fatesOf100) as [Fate, number][]) {
    draw -= share;
    if (draw < 0) return fate;
  }
  return 'passed';
}

async function forward(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fate: Fate,
): Promise<void> {
  const body = await buffer(incoming);
  if (fate === 'request lost') {
    outgoing.destroy();
    return;
  }
  // The server answers events at once or holds the request for long: only what was begun is waited for.
  if (fate === 'sent twice' && incoming.method === 'POST') await buffer(await ask(target, incoming, body));
  const answer = await ask(target, incoming, body, outgoing);
  if (fate === 'passed' || fate === 'sent twice') {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => outgoing.destroy());
    answer.pipe(outgoing);
    return;
  }
  // The server has acted by the time its answer begins. A stream of events would never end.
  answer.destroy();
  if (fate === 'answer lost') outgoing.destroy();
  else outgoing.writeHead(502, { ...corsOf(answer), 'content-type': 'text/html' }).end(html);
}

/** Sends a request to the server, and gives it up once the browser does. Resolves when the answer begins. */
async function ask(
  target: string,
  { url, method, headers }: IncomingMessage,
  body: Buffer,
  outgoing?: ServerResponse,
): Promise<IncomingMessage> {
  const request = send(new URL(url ?? '', target), { method, headers });
  outgoing?.on('close', () => request.destroy());
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  request.on('error', () => {});
  return answer;
}

/** A proxy of the same site lets the page read its errors. */
function corsOf({ headers }: IncomingMessage): Record<string, string> {
  const name = 'access-control-allow-origin';
  const value = headers[name];
  return value === undefined ? {} : { [name]: value };
}
