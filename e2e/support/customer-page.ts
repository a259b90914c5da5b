import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A page with nothing but `<parley-call>`. */
export interface CustomerPage {
  readonly lang: string;
  readonly dir: string;
  /** Of the element. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What `pnpm run build:bundle` of the elements writes. */
const bundleFolder = fileURLToPath(new URL('../../packages/elements/dist/bundle/', import.meta.url));
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.map': 'application/json' };
const pages = new Map<string, string>();
let origin: Promise<string> | undefined;

/** Returns the address of a page on a customer's own web server, which has the bundle and knows nothing of Parley's server. */
export async function customerPage(page: CustomerPage): Promise<string> {
  origin ??= startSite();
  const path = `/${crypto.randomUUID()}`;
  pages.set(path, htmlOf(page));
  return `${await origin}${path}`;
}

async function startSite(): Promise<string> {
  const site = createServer((request, response) => void answer(request, response)).listen(0);
  // It ends with the tests' process.
  site.unref();
  await once(site, 'listening');
  return `http://localhost:${(site.address() as AddressInfo).port}`;
}

async function answer({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const page = pages.get(url);
  if (page !== undefined) {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    return;
  }
  const [, file] = /^\/bundle\/([\w./-]+)$/.exec(url) ?? [];
  const body =
    file === undefined ? undefined : await readFile(`${bundleFolder}${file}`).catch(() => undefined);
  if (!body) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': types[extname(url)] ?? 'text/plain' }).end(body);
}

function htmlOf({ lang, dir, attributes }: CustomerPage): string {
  const list = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
  return `<!doctype html>
<html lang="${lang}" dir="${dir}">
  <head>
    <title>A call</title>
    <meta name="viewport" content="width=device-width" />
    <link rel="icon" href="data:," />
    <style>body { margin: 0 }</style>
    <script type="module" src="/bundle/parley-call.js"></script>
  </head>
  <body><parley-call${list.join('')}></parley-call></body>
</html>`;
}
