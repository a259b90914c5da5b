import type { ExtensionRewrite } from './forwarded-packet.ts';
import type { OutputNumbers } from './output-numbers.ts';
import type { SourceClock, SourceStream } from './source-stream.ts';

/** How numbers and timestamps of one source map to those a viewer sees, as long as nothing but this source is sent. */
export interface Segment {
  readonly source: SourceStream;
  readonly epoch: number;
  readonly numbers: OutputNumbers;
  /** To be added to the source's timestamps. */
  readonly timestampOffset: number;
  /** The same without what was added to never go back; the next segment is aligned with this. */
  readonly idealOffset: number;
  readonly extensions: ExtensionRewrite;
}

/** Where a viewer's timestamps are when a segment begins. */
export interface TimestampState {
  /** The last timestamp that was sent. */
  readonly last: number;
  /** What its clock has moved since then, in ticks. */
  readonly elapsedTicks: number;
  readonly clockRate: number;
  readonly former: Segment | undefined;
}

/** Clocks that disagree more than this with the time that passed are not to be trusted. */
const maxDisagreementSeconds = 1;

/**
 * Offsets that let timestamps go on where another source takes over. Layers of one picture have timestamps of their own
 * that start anywhere; their sender reports tell how they lie to each other. Without those, the time that passed counts.
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
