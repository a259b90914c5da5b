import { describe, expect, it } from 'vitest';
import { chooseLayer, type LayerFacts, type LayerQuestion } from './layer-choice.ts';

const layers: readonly LayerFacts[] = [
  { bitrateBps: 150_000, heightPx: 180, isLive: true },
  { bitrateBps: 500_000, heightPx: 360, isLive: true },
  { bitrateBps: 1_500_000, heightPx: 720, isLive: true },
];

function choose(question: Partial<LayerQuestion>) {
  return chooseLayer({
    layers,
    estimateBps: undefined,
    maxHeightPx: undefined,
    current: undefined,
    mayRise: true,
    ...question,
  });
}

describe('chooseLayer', () => {
  it.each([
    ['the best without a height or an estimate', {}, 2],
    ['the smallest that fills the shown size', { maxHeightPx: 200 }, 1],
    ['exactly the size that is shown', { maxHeightPx: 180 }, 0],
    ['the largest for a size that none fills', { maxHeightPx: 2_000 }, 2],
    ['what the link carries', { estimateBps: 600_000 }, 1],
    ['no more than is useful, however fast the link', { estimateBps: 9_000_000, maxHeightPx: 360 }, 1],
    ['the smallest on a link that carries none', { estimateBps: 50_000 }, 0],
  ] as const)('gives %s', (_what, question, layer) => {
    expect(choose(question).layer).toBe(layer);
  });

  it('neither rises nor falls for an estimate near the sent rate', () => {
    expect(choose({ estimateBps: 1_600_000, current: 1 }).layer).toBe(1);
    expect(choose({ estimateBps: 1_400_000, current: 2 }).layer).toBe(2);
    expect(choose({ estimateBps: 1_800_000, current: 1 }).layer).toBe(2);
    expect(choose({ estimateBps: 1_300_000, current: 2 }).layer).toBe(1);
  });

  it('continues a rise even if the video then needs slightly more', () => {
    const question = { estimateBps: 1_650_000, current: 1 };
    expect(choose(question).layer).toBe(1);
    expect(choose({ ...question, rising: 2 }).layer).toBe(2);
    expect(choose({ ...question, rising: 2, estimateBps: 1_300_000 }).layer).toBe(1);
  });

  it('does not rise while that is forbidden', () => {
    expect(choose({ estimateBps: 9_000_000, current: 1, mayRise: false }).layer).toBe(1);
  });

  it('skips layers that do not arrive', () => {
    const withoutBest = layers.map((layer, index) => ({ ...layer, isLive: index < 2 }));
    expect(choose({ layers: withoutBest })).toEqual({ layer: 1, largestUseful: 2 });
    const onlyBest = layers.map((layer, index) => ({ ...layer, isLive: index === 2 }));
    expect(choose({ layers: onlyBest, maxHeightPx: 180, estimateBps: 100_000 })).toEqual({
      layer: 2,
      largestUseful: 0,
    });
    expect(choose({ layers: layers.map((layer) => ({ ...layer, isLive: false })) }).layer).toBeUndefined();
  });

  it('falls to a layer that fits exactly, keeps one that is a tenth too large, and rises with 15 % to spare', () => {
    expect(choose({ estimateBps: 500_000, current: 2 }).layer).toBe(1);
    expect(choose({ estimateBps: 499_999, current: 2 }).layer).toBe(0);
    expect(choose({ estimateBps: 500_000 / 1.1 + 1, current: 1 }).layer).toBe(1);
    expect(choose({ estimateBps: 500_000 / 1.1 - 1, current: 1 }).layer).toBe(0);
    expect(choose({ estimateBps: 500_000 * 1.15 + 1, current: 0 }).layer).toBe(1);
    expect(choose({ estimateBps: 500_000 * 1.15 - 1, current: 0 }).layer).toBe(0);
    expect(choose({ estimateBps: 1_500_000 }).layer).toBe(2);
    expect(choose({ estimateBps: 1_499_999 }).layer).toBe(1);
  });

  it('holds nothing back without an estimate, except a rise that is forbidden', () => {
    expect(choose({ current: 1 }).layer).toBe(2);
    expect(choose({ current: 1, mayRise: false }).layer).toBe(1);
    expect(choose({ mayRise: false }).layer).toBe(2);
  });

  it('does not take a layer of unknown height for one that fills the shown size', () => {
    const unknown = layers.map((layer) => ({ ...layer, heightPx: undefined }));
    expect(choose({ layers: unknown, maxHeightPx: 100 })).toEqual({ layer: 2, largestUseful: 2 });
  });

  it('sends the smallest of the layers above the useful size when no other arrives', () => {
    const large = layers.map((layer, index) => ({ ...layer, isLive: index > 0 }));
    expect(choose({ layers: large, maxHeightPx: 180 })).toEqual({ layer: 1, largestUseful: 0 });
  });
});
