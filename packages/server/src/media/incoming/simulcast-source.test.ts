import { expect, it } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
import { SimulcastSource } from './simulcast-source.ts';
import type { SourceStream } from './source-stream.ts';

/** A layer of this height whose last packet came at this time. */
const layer = (lastPacketMs: number, heightPx?: number) => ({ lastPacketMs, heightPx }) as SourceStream;

function sourceOf(...layers: readonly (SourceStream | undefined)[]): SimulcastSource {
  const rids = layers.length > 1 ? layers.map((_, index) => String(index)) : undefined;
  const source = new SimulcastSource({ rids } as Partial<AcceptedMedia> as AcceptedMedia);
  for (const [index, one] of layers.entries()) if (one) source.setLayer(index, one);
  return source;
}

const heightsOf = (source: SimulcastSource) => source.layers.map((_, index) => source.heightPx(index));

it('has as many layers as were negotiated, one without simulcast', () => {
  expect(sourceOf(undefined).layers).toEqual([undefined]);
  expect(sourceOf(undefined, undefined, undefined).layers).toHaveLength(3);
  const small = layer(0);
  expect(sourceOf(small, undefined).layers).toEqual([small, undefined]);
});

it('counts a layer as dead a second after its last packet, while another one arrives', () => {
  const source = sourceOf(layer(1_000), layer(2_000), layer(999), undefined);
  expect([0, 1, 2, 3].map((index) => source.isLive(index))).toEqual([true, true, false, false]);
});

it('counts no layer as dead when none arrives, as with a still screen', () => {
  expect(sourceOf(layer(1_000), undefined).isLive(0)).toBe(true);
});

it('derives heights from a layer whose height is known', () => {
  expect(heightsOf(sourceOf(layer(0), layer(0, 360), undefined))).toEqual([180, 360, 720]);
  expect(heightsOf(sourceOf(layer(0), layer(0), layer(0, 1_081)))).toEqual([270, 541, 1_081]);
  expect(heightsOf(sourceOf(layer(0, 200), layer(0, 360)))).toEqual([200, 360]);
  expect(heightsOf(sourceOf(layer(0), undefined))).toEqual([undefined, undefined]);
});

/** A layer with this bitrate. */
const sized = (bitrateBps: number) =>
  ({ lastPacketMs: 0, rate: { bitsPerSecond: () => bitrateBps } }) as unknown as SourceStream;

it('offers layers by the place in which the publisher lists them, and sorts them by their size', () => {
  const [large, small, middle] = [sized(900), sized(100), sized(300)];
  const source = sourceOf(large, small, middle);
  expect(source.layers).toEqual([large, small, middle]);
  source.sort(0);
  expect(source.layers).toEqual([small, middle, large]);
  expect([0, 1, 2].map((index) => source.rankOf(index))).toEqual([2, 0, 1]);
  expect([0, 1, 2].map((index) => source.offeredAt(index))).toEqual([large, small, middle]);
  const again = sized(1_000);
  source.setLayer(0, again);
  expect(source.layers).toEqual([small, middle, again]);
});

it('sorts a layer that never arrived by nothing', () => {
  const source = sourceOf(undefined, undefined);
  source.sort(0);
  expect([source.rankOf(0), source.rankOf(1), source.isLive(0)]).toEqual([0, 1, false]);
});

it('has as many layers as are named by SSRC', () => {
  const source = new SimulcastSource({ layerSsrcs: [1, 2] } as Partial<AcceptedMedia> as AcceptedMedia);
  expect(source.layers).toHaveLength(2);
});
