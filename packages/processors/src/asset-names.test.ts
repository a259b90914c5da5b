import { afterEach, expect, it, vi } from 'vitest';
import { assetUrl, assetUrls } from './asset-names.ts';

afterEach(() => vi.unstubAllGlobals());

it.each([
  ['/processors/', 'https://app.example/processors/a.wasm'],
  ['/processors', 'https://app.example/processors/a.wasm'],
  ['processors', 'https://app.example/room/processors/a.wasm'],
  ['https://static.example/p/', 'https://static.example/p/a.wasm'],
  [new URL('https://static.example/p'), 'https://static.example/p/a.wasm'],
])('takes a file from the folder %s, relative to the page', (assets, url) => {
  vi.stubGlobal('document', { baseURI: 'https://app.example/room/42' });
  expect(assetUrl(assets, 'a.wasm')).toBe(url);
});

it('takes several files under their keys', () => {
  vi.stubGlobal('document', { baseURI: 'https://app.example/' });
  expect(assetUrls('/p', { one: 'a', two: 'b' })).toEqual({
    one: 'https://app.example/p/a',
    two: 'https://app.example/p/b',
  });
});
