import { createHash } from 'node:crypto';
import { Gauge } from 'prom-client';
import type { MediaFacts, PeerFacts } from '../media/media-router.ts';

/** One figure of the media facts. */
interface MediaFigure {
  readonly name: string;
  readonly help: string;
  readonly read: (facts: MediaFacts) => number | undefined;
}

/** Series end with their peers, so the totals need no counter that outlives them. */
const figures: readonly MediaFigure[] = [
  { name: 'packets_total', help: 'RTP packets since the peer came.', read: ({ packets }) => packets },
  { name: 'bytes_total', help: 'RTP payload since the peer came.', read: ({ bytes }) => bytes },
  { name: 'key_frames_total', help: 'Key frames since the peer came.', read: ({ keyFrames }) => keyFrames },
  { name: 'bitrate_bps', help: 'Bits per second of payload.', read: ({ bitrateBps }) => bitrateBps },
  { name: 'loss_ratio', help: 'Share of packets lost in the first try.', read: ({ lossRatio }) => lossRatio },
  { name: 'jitter_seconds', help: 'Interarrival jitter.', read: ({ jitterMs }) => jitterMs / 1_000 },
  {
    name: 'round_trip_seconds',
    help: 'Round trip between peer and router, where it is known.',
    read: ({ roundTripMs }) => (roundTripMs === undefined ? undefined : roundTripMs / 1_000),
  },
  {
    name: 'estimate_bps',
    help: 'What the link carries, where somebody estimates it.',
    read: ({ estimateBps }) => estimateBps,
  },
];

const labelNames = ['direction', 'stream', 'viewer', 'kind', 'rid'] as const;
type Label = (typeof labelNames)[number];

/**
 * A gauge for each figure, with a series for each publisher (`direction="in"`) and each view (`"out"`), its kinds and
 * its simulcast layers. Ids are chosen by clients and may be all that keeps strangers out, so their labels are hashes.
 */
export function mediaMetrics(facts: () => Promise<readonly PeerFacts[]>): readonly Gauge<Label>[] {
  // All gauges are collected at the same time, and media processes have to be asked for their facts.
  let asked: Promise<readonly PeerFacts[]> | undefined;
  const factsOfNow = () =>
    (asked ??= facts().finally(() => {
      asked = undefined;
    }));
  return figures.map(
    ({ name, help, read }) =>
      new Gauge<Label>({
        name: `parley_media_${name}`,
        help,
        labelNames,
        registers: [],
        async collect() {
          this.reset();
          for (const { streamKey, viewerId, media } of await factsOfNow()) {
            for (const one of media) {
              const value = read(one);
              if (value === undefined) continue;
              const direction = viewerId === undefined ? 'in' : 'out';
              const { kind, rid = '' } = one;
              const viewer = viewerId === undefined ? '' : hashOf(viewerId);
              this.set({ direction, stream: hashOf(streamKey), viewer, kind, rid }, value);
            }
          }
        },
      }),
  );
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 12);
}
