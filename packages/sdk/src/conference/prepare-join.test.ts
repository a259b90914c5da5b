// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest';
import { prepareJoin } from './prepare-join.ts';

const server = 'https://calls.example.com';

afterEach(() => vi.unstubAllGlobals());

it('preconnects to the server without cookies, and leaves the page unchanged', async () => {
  const before = document.documentElement.outerHTML;
  const preparing = prepareJoin({ server });
  const link = document.querySelector('link');
  expect(link?.rel).toBe('preconnect');
  expect(link?.href).toBe(`${server}/`);
  expect(link?.crossOrigin).toBe('anonymous');
  await preparing;
  expect(document.documentElement.outerHTML).toBe(before);
});

it('does nothing without a page', async () => {
  vi.stubGlobal('document', undefined);
  await expect(prepareJoin({ server })).resolves.toBeUndefined();
});
