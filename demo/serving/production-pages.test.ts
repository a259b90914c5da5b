import { readFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as requestOverHttps } from 'node:https';
import { buffer, text } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { assetFiles } from '@parley-rtc/processors/assets';
import { expect, it } from 'vitest';
import { jsonHandler } from '../json-handler.ts';
import { readJson } from '../read-json.ts';
import { compressFiles } from './compress-files.ts';
import { createCertificate } from './create-certificate.ts';
import { serveFiles } from './testing/serve-folder.ts';

/** What a browser does; `fetch` would normalize the path, decompress the body, and ask for fresh content. */
async function ask(
  origin: string,
  path: string,
  headers: OutgoingHttpHeaders = {},
): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }> {
  const { hostname, port } = new URL(origin);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ hostname, port, path, headers }, resolve).on('error', reject).end();
  });
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
}

it('serves pages by their folders and files by their types', async () => {
  const origin = await serveFiles({
    'index.html': 'home',
    'react/index.html': 'react',
    'assets/a.js': 'let a',
    'assets/a.css': 'a {}',
    'parley.iife.js.map': '{}',
  });
  for (const [path, type, content] of [
    ['/', 'text/html; charset=utf-8', 'home'],
    ['/?room=r', 'text/html; charset=utf-8', 'home'],
    ['/react/?room=r', 'text/html; charset=utf-8', 'react'],
    ['/react?room=r', 'text/html; charset=utf-8', 'react'],
    ['/assets/a.js', 'application/javascript; charset=utf-8', 'let a'],
    ['/assets/a.css', 'text/css; charset=utf-8', 'a {}'],
    ['/parley.iife.js.map', 'application/json; charset=utf-8', '{}'],
  ] as const) {
    const answer = await fetch(origin + path);
    expect([path, answer.headers.get('content-type'), await answer.text()]).toEqual([path, type, content]);
  }
  // With the slash, so that relative links in the page work.
  expect((await fetch(`${origin}/react?room=r`)).url).toBe(`${origin}/react/?room=r`);
});

it('lets browsers keep files named after their content, and ask for the others again', async () => {
  const origin = await serveFiles({
    'index.html': 'home',
    'parley.iife.js': 'sdk',
    'assets/index-B2c4.js': 'let a',
  });
  const cacheControl = async (path: string) => (await fetch(origin + path)).headers.get('cache-control');
  expect(await cacheControl('/')).toBe('no-cache');
  expect(await cacheControl('/parley.iife.js')).toBe('no-cache');
  expect(await cacheControl('/assets/index-B2c4.js')).toBe('public, max-age=31536000, immutable');
  expect(await cacheControl('/processors/vision_bundle.mjs')).toBe('no-cache');
});

it('answers 304 to a browser that has the file', async () => {
  const origin = await serveFiles({ 'index.html': 'home' });
  const { etag } = (await ask(origin, '/')).headers;
  const again = await ask(origin, '/', { 'if-none-match': etag });
  expect([again.status, again.body.toString()]).toEqual([304, '']);
  const other = await ask(origin, '/', { 'if-none-match': 'W/"other"' });
  expect([other.status, other.body.toString()]).toEqual([200, 'home']);
});

it('answers HEAD with the headers alone', async () => {
  const origin = await serveFiles({ 'index.html': 'home' });
  const answer = await fetch(origin, { method: 'HEAD' });
  expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '4', '']);
});

it('serves the compressed copy to browsers that take it, and says that it may differ', async () => {
  const page = '<p>a page</p>'.repeat(100);
  const origin = await serveFiles({ 'index.html': page }, { afterWriting: compressFiles });
  const brotli = await ask(origin, '/', { 'accept-encoding': 'gzip, deflate, br' });
  expect(brotli.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' });
  expect(brotliDecompressSync(brotli.body).toString()).toBe(page);
  const gzip = await ask(origin, '/', { 'accept-encoding': 'gzip' });
  expect(gzip.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(gzip.body).toString()).toBe(page);
  const plain = await ask(origin, '/', { 'accept-encoding': 'identity' });
  expect([plain.headers['content-encoding'], plain.body.toString()]).toEqual([undefined, page]);
});

it.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/../../secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..\\secret.txt',
  '//secret.txt',
  '/processors/../../package.json',
  '/.env',
])('refuses %s, which would leave the folder', async (path) => {
  const origin = await serveFiles({ 'index.html': 'home', 'assets/a.js': 'let a', '.env': 'KEY=1' });
  expect([400, 403, 404]).toContain((await ask(origin, path)).status);
});

it('shows its own page for an unknown path, which no browser mistakes for a page that it has', async () => {
  const origin = await serveFiles({ 'index.html': 'home' });
  const answer = await fetch(`${origin}/nowhere`);
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    404,
    'text/html; charset=utf-8',
    'There is no such page.',
  ]);
  expect(answer.headers.get('etag')).toBeNull();
  expect((await fetch(`${origin}/nowhere`, { method: 'POST', body: '{}' })).status).toBe(404);
});

it.each([
  ['vision_bundle.mjs', 'application/javascript; charset=utf-8'],
  ['vision_wasm_module_internal.wasm', 'application/wasm'],
  ['selfie_segmenter_landscape.tflite', 'application/octet-stream'],
  ['rnnoise-worklet.js', 'application/javascript; charset=utf-8'],
])('serves %s for the processors', async (name, type) => {
  const origin = await serveFiles({});
  const answer = await fetch(`${origin}/processors/${name}`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.equals(readFileSync(assetFiles()[name] ?? ''))).toBe(true);
});

it('hands requests below /backend to the back end, with their bodies', async () => {
  const backend = jsonHandler(async (request) => ({ path: request.url, body: await readJson(request) }));
  const origin = await serveFiles({}, { backend });
  const answer = await fetch(`${origin}/backend/ticket`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"room":"r"}',
  });
  expect(await answer.json()).toEqual({ path: '/ticket', body: { room: 'r' } });
});

it.each([
  ['has a switch for an outage if it is given one', jsonHandler(() => ({ from: 'outage' })), 'outage'],
  ['leaves the path for an outage to the back end otherwise', undefined, 'back end'],
] as const)('%s', async (_title, outage, answered) => {
  const origin = await serveFiles({}, { backend: jsonHandler(() => ({ from: 'back end' })), outage });
  const answer = await fetch(`${origin}/backend/outage`, { method: 'POST' });
  expect(await answer.json()).toEqual({ from: answered });
});

it('serves the pages over https with a certificate', async () => {
  const certificate = await createCertificate('192.0.2.7');
  const origin = await serveFiles({ 'index.html': 'home' }, { certificate });
  const content = await new Promise<string>((resolve, reject) => {
    requestOverHttps(origin, { ca: certificate.cert }, (answer) => void text(answer).then(resolve, reject))
      .on('error', reject)
      .end();
  });
  expect(content).toBe('home');
});
