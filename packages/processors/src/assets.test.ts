import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { backgroundAssets, noiseAssets } from './asset-names.ts';
import { assetFiles } from './assets.ts';
import { processorName } from './noise/create-noise-node.ts';

const files = assetFiles();

function bytesOf(name: string): Buffer {
  return readFileSync(files[name] ?? '');
}

it('has every file that the processors fetch, and no other', () => {
  const names = [...Object.values(backgroundAssets), ...Object.values(noiseAssets)];
  expect(Object.keys(files).toSorted()).toEqual(names.toSorted());
});

it.each([backgroundAssets.wasm, noiseAssets.wasm, noiseAssets.wasmWithoutSimd])(
  'has valid WebAssembly as %s',
  (name) => {
    expect(WebAssembly.validate(new Uint8Array(bytesOf(name)))).toBe(true);
  },
);

it('has the model with the metadata that the library needs, as models/README.md identifies it', () => {
  const hash = createHash('sha256').update(bytesOf(backgroundAssets.model)).digest('hex');
  expect(readFileSync(new URL('../models/README.md', import.meta.url), 'utf8')).toContain(hash);
});

it('has a worklet that registers the processor which the noise node uses', () => {
  expect(bytesOf(noiseAssets.worklet).toString()).toContain(processorName);
});

// From version 1.0 on, MediaPipe sends metrics about each user to Google.
it('has a library that knows no server to report to', () => {
  const addresses = bytesOf(backgroundAssets.library)
    .toString()
    .match(/https?:\/\/[^\s"'`]+/g);
  expect(addresses ?? []).toEqual([]);
});
