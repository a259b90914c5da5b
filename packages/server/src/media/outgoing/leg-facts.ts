import type { MediaKind } from '../codecs/codec.ts';
import type { MediaFacts } from '../media-router.ts';
import type { ReportBlock, SenderReport } from '../wire/rtcp.ts';
import { FlowMeter } from './flow-meter.ts';
import { SentReports } from './sent-reports.ts';

/** Statistics of one kind of media on its way to one viewer: what was sent, and the viewer's reports on it. */
export class LegFacts {
  readonly flow: FlowMeter = new FlowMeter();
  readonly #sentReports = new SentReports();
  #reported: Pick<MediaFacts, 'lossRatio' | 'jitterMs' | 'roundTripMs'> = { lossRatio: 0, jitterMs: 0 };

  reportSent(report: SenderReport, nowMs: number): void {
    this.#sentReports.sent(report, nowMs);
  }

  /** Takes a report of the viewer. `clockRate` in timestamp ticks per second. */
  receiveReport(block: ReportBlock, clockRate: number, nowMs: number): void {
    const roundTripMs = this.#sentReports.roundTripMs(block, nowMs) ?? this.#reported.roundTripMs;
    this.#reported = {
      lossRatio: block.fractionLost / 256,
      jitterMs: (block.jitter * 1_000) / clockRate,
      ...(roundTripMs !== undefined && { roundTripMs }),
    };
  }

  /** The current statistics; `rid` names the sent layer. */
  of(kind: MediaKind, rid: string | undefined): MediaFacts {
    const { packets, bytes, keyFrames, bitrateBps } = this.flow;
    const counted = { kind, packets, bytes, keyFrames, bitrateBps };
    return { ...counted, ...this.#reported, ...(rid !== undefined && { rid }) };
  }
}
