import { Registry } from 'prom-client';
import { expect, it, vi } from 'vitest';
import type { MediaFacts } from '../media/media-router.ts';
import { mediaMetrics } from './media-metrics.ts';

const video: MediaFacts = {
  kind: 'video',
  rid: 'h',
  packets: 7,
  bytes: 7_000,
  keyFrames: 2,
  bitrateBps: 56_000,
  lossRatio: 0.25,
  jitterMs: 3,
};

it('exports a series per metric and peer, which ends with the peer and contains no client ids', async () => {
  let facts = [
    { streamKey: 'secret', media: [video] },
    { streamKey: 'secret', viewerId: 'me', media: [{ ...video, roundTripMs: 40 }] },
  ];
  const registry = new Registry();
  const ask = vi.fn<() => Promise<typeof facts>>(() => Promise.resolve(facts));
  for (const metric of mediaMetrics(ask)) registry.registerMetric(metric);
  const text = await registry.metrics();
  expect(ask).toHaveBeenCalledOnce();
  expect(text).toMatch(
    /parley_media_packets_total\{direction="in",stream="\w{12}",viewer="",kind="video",rid="h"\} 7/,
  );
  expect(text).toMatch(/parley_media_loss_ratio\{direction="out",stream="\w{12}",viewer="\w{12}".*\} 0\.25/);
  expect(text.match(/^parley_media_round_trip_seconds\{.*/gm)).toEqual([
    expect.stringMatching(/direction="out".* 0\.04$/),
  ]);
  expect(text).not.toContain('secret');
  facts = [];
  expect(await registry.metrics()).not.toContain('parley_media_packets_total{');
});
