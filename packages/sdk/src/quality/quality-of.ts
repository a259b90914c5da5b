import { causeOf, type QualityCause } from './quality-causes.ts';
import type { MediaStats, StreamStats } from './stream-stats.ts';

export type QualityLevel = 'excellent' | 'good' | 'poor' | 'lost';

/** The quality of one stream in one direction, and its causes. */
export interface StreamQuality {
  /** 0 to 100, smoothed: it falls fast and rises slowly. */
  readonly score: number;
  /** `excellent` above 80, `good` above 40, `poor` above 20, else `lost`. */
  readonly level: QualityLevel;
  /** Strongest cause first; empty when nothing is wrong. */
  readonly causes: readonly QualityCause[];
}

/** Facts that the statistics do not contain. */
export interface QualityContext {
  readonly direction: 'publish' | 'view';
  /** Kinds that the publisher muted, of which nothing is expected. */
  readonly muted: ReadonlySet<'audio' | 'video'>;
  /** Kinds whose device the system muted. */
  readonly mutedByDevice: ReadonlySet<'audio' | 'video'>;
  /** Whether the stream's element is out of sight. */
  readonly isHidden: boolean;
  readonly isAutoplayBlocked: boolean;
  /** Whether the connection is interrupted. What a publisher sends then still counts as sent, but reaches nobody. */
  readonly isInterrupted?: boolean;
  /** The previous quality. */
  readonly previous: StreamQuality | undefined;
}

/** Points lost for each percent of packet loss. */
const lossWeight = { audio: 5.3, video: 10 } as const;
/** Packets per second at which loss counts in full; fewer (silence, a still screen) count for less. */
const usualPacketRate = { audio: 50, video: 60 } as const;
const worst = 30;
/** Points that an influence must cost to be listed as a cause. */
const notable = 5;

interface Verdict {
  readonly score: number;
  readonly causes: readonly (QualityCause & { readonly points: number })[];
}

/**
 * Computes the quality from `stats` with LiveKit's formula: 100, less points for delay and loss, for a bitrate far below its
 * target, or for missing simulcast layers; at least 30 while packets arrive. The worst kind of media counts.
 */
export function qualityOf(stats: StreamStats, context: QualityContext): StreamQuality {
  const verdicts = context.isInterrupted
    ? [nothingFlows(0, stats)]
    : stats.media
        .filter(({ kind }) => !context.muted.has(kind))
        .map((media) => verdictOn(media, stats, context));
  const score = smoothed(Math.min(100, ...verdicts.map((verdict) => verdict.score)), context.previous?.score);
  const strongest = new Map<string, Verdict['causes'][number]>();
  for (const cause of verdicts.flatMap(({ causes }) => causes)) {
    const known = strongest.get(cause.code);
    if (!known || known.points < cause.points) strongest.set(cause.code, cause);
  }
  const causes = [...strongest.values()]
    .toSorted((one, other) => other.points - one.points)
    .map(({ points: _, ...cause }) => cause);
  if (context.isAutoplayBlocked) causes.unshift(causeOf('autoplay-blocked'));
  return { score, level: levelOf(score), causes };
}

/** Returns the level of a score: above 80 excellent, above 40 good, above 20 poor, else lost. */
export function levelOf(score: number): QualityLevel {
  if (score > 80) return 'excellent';
  if (score > 40) return 'good';
  return score > 20 ? 'poor' : 'lost';
}

function smoothed(score: number, previous: number | undefined): number {
  if (previous === undefined) return score;
  const weight = score < previous ? 0.8 : 0.4;
  return weight * score + (1 - weight) * previous;
}

function verdictOn(media: MediaStats, stats: StreamStats, context: QualityContext): Verdict {
  if (context.mutedByDevice.has(media.kind)) return verdict(100, [causeOf('device-muted'), 0]);
  const { direction, isHidden } = context;
  const isVideo = media.kind === 'video';
  if (media.packets === 0) {
    if (isVideo && isHidden && direction === 'view') return verdict(100, [causeOf('element-hidden'), 0]);
    // 40 while the other side still sends reports, otherwise 20.
    return nothingFlows(direction === 'publish' && media.lossRatio !== undefined ? 40 : 20, stats);
  }
  const decoding = direction === 'view' && isVideo ? decodingVerdict(media) : undefined;
  if (decoding) return decoding;

  const delay = delayPoints(media, stats);
  const loss = lossPoints(media, stats);
  const bitrate = bitratePoints(media, direction);
  const layer = layerPoints(media);
  const score = Math.max(
    worst,
    Math.min(100 - delay.points - loss, 100 - bitrate.points, 100 - layer.points),
  );
  const lossCode = direction === 'publish' ? 'uplink-loss' : 'downlink-loss';
  return verdict(
    score,
    [causeOf(lossCode, { lossRatio: media.lossRatio ?? 0, packetsLost: media.packetsLost }), loss],
    delay.cause,
    bitrate.cause,
    layer.cause,
    ...limitations(media),
  );
}

function nothingFlows(score: number, { durationMs }: StreamStats): Verdict {
  return verdict(score, [causeOf('no-packets', { packets: 0, durationMs }), 100 - score]);
}

type Suspect = readonly [cause: QualityCause, points: number];
interface Influence {
  readonly points: number;
  readonly cause: Suspect;
}

/** Keeps suspects that cost enough points, and those that inform even when they cost none. */
function verdict(score: number, ...suspects: readonly Suspect[]): Verdict {
  return {
    score,
    causes: suspects
      .filter(([{ code }, points]) => points >= notable || informative.has(code))
      .map(([cause, points]) => ({ ...cause, points })),
  };
}

const informative: ReadonlySet<string> = new Set([
  'device-muted',
  'element-hidden',
  'sender-cpu-limited',
  'sender-bandwidth-limited',
]);

function decodingVerdict(media: MediaStats): Verdict | undefined {
  if (media.frames > 0) return undefined;
  const { packets, pliCount, keyFramesEver } = media;
  const code = keyFramesEver === 0 ? 'no-key-frame' : 'decoder-stuck';
  return verdict(worst, [causeOf(code, { packets, framesDecoded: 0, pliCount }), 100 - worst]);
}

function delayPoints(media: MediaStats, stats: StreamStats): Influence {
  const { roundTripMs = 0 } = stats;
  const { jitterMs = 0 } = media;
  const delayMs = roundTripMs / 2 + 2 * jitterMs;
  const points = delayMs > 160 ? (delayMs - 120) / 10 : delayMs / 40;
  const isJitter = 2 * jitterMs > roundTripMs / 2;
  const evidence = { roundTripMs, jitterMs, delayMs };
  return { points, cause: [causeOf(isJitter ? 'jitter' : 'round-trip', evidence), points] };
}

function lossPoints(media: MediaStats, { durationMs }: StreamStats): number {
  const rate = ((media.packets + media.packetsLost) * 1_000) / durationMs;
  const share = Math.min(1, Math.sqrt(rate / usualPacketRate[media.kind]));
  return (media.lossRatio ?? 0) * 100 * lossWeight[media.kind] * share;
}

/** Only the sender knows the target. An encoder that is not limited sends little because little moves. */
function bitratePoints(
  { kind, bitrateBps, targetBitrateBps = 0, qualityLimitationRatios: { bandwidth = 0 } }: MediaStats,
  direction: 'publish' | 'view',
): Influence {
  const isStarved = direction === 'publish' && kind === 'video' && bandwidth >= 0.5;
  const points = isStarved && bitrateBps > 0 ? Math.max(0, 20 * Math.log(targetBitrateBps / bitrateBps)) : 0;
  return { points, cause: [causeOf('low-bitrate', { bitrateBps, targetBitrateBps }), points] };
}

/** Points for layers that are active but not sent. */
function layerPoints({ layers }: MediaStats): Influence {
  const active = layers.filter(({ isActive }) => isActive);
  const missing = active.filter(({ bitrateBps }) => bitrateBps === 0).length;
  const points = active.length > 1 ? 35 * missing : 0;
  return {
    points,
    cause: [causeOf('layer-withheld', { layersWanted: active.length, layersMissing: missing }), points],
  };
}

/** Limits that the encoder reports; each is a cause when it lasts half of the interval. */
function limitations({ qualityLimitationRatios: { cpu = 0, bandwidth = 0 } }: MediaStats): Suspect[] {
  const suspects: Suspect[] = [];
  if (cpu >= 0.5) suspects.push([causeOf('sender-cpu-limited', { cpuLimitedRatio: cpu }), 0]);
  if (bandwidth >= 0.5) {
    suspects.push([causeOf('sender-bandwidth-limited', { bandwidthLimitedRatio: bandwidth }), 0]);
  }
  return suspects;
}
