import { createHash } from 'node:crypto';
import { Gauge } from 'prom-client';
import type { MediaFacts, PeerFacts } from '../media/media-router.ts';

/** One metric derived from the media facts. */
interface MediaMetric {
  readonly name: string;
  readonly help: string;
  readonly read: (facts: MediaFacts) => number | undefined;
}

/** Series end with their peers, so the totals do not need a counter that outlives them. */
const metrics: readonly MediaMetric[] = [
  { name: 'packets_total', help: 'RTP packets since the peer connected.', read: ({ packets }) => packets },
  { name: 'bytes_total', help: 'RTP payload bytes since the peer connected.', read: ({ bytes }) => bytes },
  {
    name: 'key_frames_total',
    help: 'Key frames since the peer connected.',
    read: ({ keyFrames }) => keyFrames,
  },
  { name: 'bitrate_bps', help: 'Bits per second of payload.', read: ({ bitrateBps }) => bitrateBps },
  { name: 'loss_ratio', help: 'Share of packets lost, before repair.', read: ({ lossRatio }) => lossRatio },
  { name: 'jitter_seconds', help: 'Interarrival jitter.', read: ({ jitterMs }) => jitterMs / 1_000 },
  {
    name: 'round_trip_seconds',
    help: 'Round-trip time between peer and router, where known.',
    read: ({ roundTripMs }) => (roundTripMs === undefined ? undefined : roundTripMs / 1_000),
  },
  {
    name: 'estimate_bps',
    help: 'Estimated capacity of the link, where peer or router estimates it.',
    read: ({ estimateBps }) => estimateBps,
  },
];

const labelNames = ['direction', 'stream', 'viewer', 'kind', 'rid'] as const;
type Label = (typeof labelNames)[number];

/**
 * A gauge for each metric, with a series for each publisher (`direction="in"`) and each view (`"out"`), its kinds and
 * simulcast layers. Clients choose the ids, and knowing an id may be all it takes to get in, so labels hold hashes.
 */
export function mediaMetrics(facts: () => Promise<readonly PeerFacts[]>): readonly Gauge<Label>[] {
  // All gauges are collected at the same time, and facts are fetched from the media processes.
  let pending: Promise<readonly Labelled[]> | undefined;
  const currentFacts = () =>
    (pending ??= facts()
      .then(labelled)
      .finally(() => {
        pending = undefined;
      }));
  return metrics.map(
    ({ name, help, read }) =>
      new Gauge<Label>({
        name: `parley_media_${name}`,
        help,
        labelNames,
        registers: [],
        async collect() {
          this.reset();
          for (const { labels, media } of await currentFacts()) {
            const value = read(media);
            if (value !== undefined) this.set(labels, value);
          }
        },
      }),
  );
}

interface Labelled {
  readonly labels: Record<Label, string>;
  readonly media: MediaFacts;
}

/** Once for all metrics, because hashing takes time. */
function labelled(facts: readonly PeerFacts[]): readonly Labelled[] {
  return facts.flatMap(({ streamKey, viewerId, media }) => {
    const direction = viewerId === undefined ? 'in' : 'out';
    const viewer = viewerId === undefined ? '' : hashOf(viewerId);
    const stream = hashOf(streamKey);
    return media.map((one) => ({
      labels: { direction, stream, viewer, kind: one.kind, rid: one.rid ?? '' },
      media: one,
    }));
  });
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 12);
}
