import type { SourceClock, SourceStream } from '../incoming/source-stream.ts';
import type { ExtensionRewrite } from '../wire/forwarded-packet.ts';
import type { OutputNumbers } from './output-numbers.ts';

/** Maps the numbers and timestamps of one source to those that a viewer sees, while only this source is sent. */
export interface Segment {
  readonly source: SourceStream;
  readonly epoch: number;
  readonly numbers: OutputNumbers;
  /** Added to the source's timestamps. */
  readonly timestampOffset: number;
  /** The same, without the correction that keeps timestamps increasing; the next segment is aligned with this. */
  readonly idealOffset: number;
  readonly extensions: ExtensionRewrite;
}

/** The state of a viewer's timestamps when a segment starts. */
export interface TimestampState {
  /** The last sent timestamp. */
  readonly last: number;
  /** Ticks of its clock since then. */
  readonly elapsedTicks: number;
  readonly clockRate: number;
  readonly former: Segment | undefined;
}

/** Clocks that disagree with the elapsed time by more than this are not trusted. */
const maxDisagreementSeconds = 1;

/**
 * Offsets that continue the timestamps when another source takes over. The layers of one video have unrelated
 * timestamps; their sender reports relate them to each other. Without reports, the elapsed time counts.
 */
export function continueTimestamps(
  source: SourceStream,
  timestamp: number,
  { last, elapsedTicks, clockRate, former }: TimestampState,
): { readonly idealOffset: number; readonly timestampOffset: number } {
  const byTime = (last + Math.max(1, elapsedTicks) - timestamp) >>> 0;
  const aligned = former && alignedOffset(source, former, clockRate);
  const disagreement = aligned === undefined ? 0 : (aligned - byTime) | 0;
  const isTrusted = aligned !== undefined && Math.abs(disagreement) <= maxDisagreementSeconds * clockRate;
  const idealOffset = isTrusted ? aligned : byTime;
  const step = (timestamp + idealOffset - last) | 0;
  return { idealOffset, timestampOffset: step > 0 ? idealOffset : (last + 1 - timestamp) >>> 0 };
}

function alignedOffset(source: SourceStream, former: Segment, clockRate: number): number | undefined {
  if (former.source === source && former.epoch === source.epoch) return former.idealOffset;
  const from = former.source.clock;
  const to = source.clock;
  if (!from || !to) return undefined;
  const ticksBetween = Math.round(secondsBetween(from, to) * clockRate);
  return (former.idealOffset + from.report.rtpTimestamp + ticksBetween - to.report.rtpTimestamp) >>> 0;
}

function secondsBetween({ report: from }: SourceClock, { report: to }: SourceClock): number {
  return ((to.ntpSeconds - from.ntpSeconds) | 0) + (to.ntpFraction - from.ntpFraction) / 0x1_0000_0000;
}
