import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { noiseAssets } from '../asset-names.ts';
import { assetFiles } from '../assets.ts';
import { loadRnnoise } from './load-rnnoise.ts';

const urls = { wasm: 'https://app.example/simd.wasm', wasmWithoutSimd: 'https://app.example/plain.wasm' };
const { signal } = new AbortController();

afterEach(() => vi.unstubAllGlobals());

/** Serves bytes by URL, and says what was requested. */
function serve(responses: Readonly<Record<string, Response>>): string[] {
  const requested: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    requested.push(url);
    return responses[url]?.clone() ?? new Response('Not found', { status: 404 });
  });
  return requested;
}

function wasm(name: string): Response {
  return new Response(readFileSync(assetFiles()[name] ?? ''));
}

it('fetches only the file with SIMD in a browser that knows SIMD', async () => {
  const requested = serve({ [urls.wasm]: wasm(noiseAssets.wasm) });
  const bytes = await loadRnnoise(urls, signal);
  expect(Buffer.from(bytes).equals(readFileSync(assetFiles()[noiseAssets.wasm] ?? ''))).toBe(true);
  expect(requested).toEqual([urls.wasm]);
});

it('fetches the other file when the browser does not know SIMD', async () => {
  // Not valid in this engine, as SIMD is not in such a browser.
  serve({ [urls.wasm]: new Response('unknown'), [urls.wasmWithoutSimd]: wasm(noiseAssets.wasmWithoutSimd) });
  const bytes = await loadRnnoise(urls, signal);
  expect(Buffer.from(bytes).equals(readFileSync(assetFiles()[noiseAssets.wasmWithoutSimd] ?? ''))).toBe(true);
});

it('names the file that is missing', async () => {
  serve({});
  await expect(loadRnnoise(urls, signal)).rejects.toMatchObject({
    code: 'ERR_PROCESSOR_ASSETS',
    url: urls.wasm,
    retryable: true,
  });
});

it('rejects a page that the server sends instead of a file', async () => {
  serve({ [urls.wasm]: new Response('<html>'), [urls.wasmWithoutSimd]: new Response('<html>') });
  await expect(loadRnnoise(urls, signal)).rejects.toMatchObject({
    code: 'ERR_PROCESSOR_ASSETS',
    url: urls.wasmWithoutSimd,
  });
});

it('rejects with the reason of an abort', async () => {
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('aborted')));
  const reason = new Error('superseded');
  await expect(loadRnnoise(urls, AbortSignal.abort(reason))).rejects.toBe(reason);
});
