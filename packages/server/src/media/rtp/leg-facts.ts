import type { MediaFacts } from '../media-router.ts';
import type { MediaKind } from '../codecs/codec.ts';
import { FlowMeter } from './flow-meter.ts';
import type { ReportBlock, SenderReport } from './rtcp.ts';
import { SentReports } from './sent-reports.ts';

/** How one kind of media fares on its way to one viewer: what was sent, and what the viewer says about it. */
export class LegFacts {
  readonly flow: FlowMeter = new FlowMeter();
  readonly #sentReports = new SentReports();
  #heard: Pick<MediaFacts, 'lossRatio' | 'jitterMs' | 'roundTripMs'> = { lossRatio: 0, jitterMs: 0 };

  reportSent(report: SenderReport, nowMs: number): void {
    this.#sentReports.sent(report, nowMs);
  }

  /** Takes what the viewer reports. `clockRate` in timestamp ticks per second. */
  reportHeard(block: ReportBlock, clockRate: number, nowMs: number): void {
    const roundTripMs = this.#sentReports.roundTripMs(block, nowMs) ?? this.#heard.roundTripMs;
    this.#heard = {
      lossRatio: block.fractionLost / 256,
      jitterMs: (block.jitter * 1_000) / clockRate,
      ...(roundTripMs !== undefined && { roundTripMs }),
    };
  }

  /** The facts of now; `rid` names the layer that is sent. */
  of(kind: MediaKind, rid: string | undefined): MediaFacts {
    const { packets, bytes, keyFrames, bitrateBps } = this.flow;
    const counted = { kind, packets, bytes, keyFrames, bitrateBps };
    return { ...counted, ...this.#heard, ...(rid !== undefined && { rid }) };
  }
}
