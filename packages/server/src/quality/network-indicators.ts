import type { NetworkIndicator } from '@parley-rtc/contract';
import type { MediaFacts } from '../media/media-router.ts';
import { gradeOf, mediaScore, smoothScore } from './media-score.ts';

/** Statistics of all media of one endpoint, published and viewed. */
export interface EndpointMedia {
  readonly endpointId: string;
  readonly media: readonly MediaFacts[];
}

/** The indicators that all participants of a conference receive. */
export interface ConferenceIndicators {
  readonly averageNetworkQuality: number;
  readonly participantIndicatorMap: Readonly<Record<string, NetworkIndicator>>;
}

/** Turns statistics into the platform's network indicators, one conference at a time. */
export class NetworkIndicators {
  readonly #scores = new Map<string, number>();

  /**
   * The indicators of one conference; undefined if no participant sends or receives anything.
   *
   * An endpoint's quality is that of its worst stream, because that is the one users complain about; jitter and
   * round-trip time are averages. Paused and muted streams do not count.
   */
  of(endpoints: readonly EndpointMedia[]): ConferenceIndicators | undefined {
    const indicators = new Map<string, NetworkIndicator>();
    for (const { endpointId, media } of endpoints) {
      const flowing = media.filter(({ packets, bitrateBps }) => packets > 0 && bitrateBps > 0);
      if (flowing.length === 0) continue;
      const score = smoothScore(this.#scores.get(endpointId), Math.min(...flowing.map(mediaScore)));
      this.#scores.set(endpointId, score);
      indicators.set(endpointId, {
        averageJitter: average(flowing.map(({ jitterMs }) => jitterMs)),
        averageRtt: average(flowing.flatMap(({ roundTripMs }) => roundTripMs ?? [])),
        averageNetworkQuality: Math.round(score),
        grade: gradeOf(score),
      });
    }
    if (indicators.size === 0) return undefined;
    const qualities = [...indicators.values()].map(({ averageNetworkQuality }) => averageNetworkQuality);
    return {
      averageNetworkQuality: average(qualities),
      participantIndicatorMap: Object.fromEntries(indicators),
    };
  }

  /** Forgets endpoints that are gone. */
  keepOnly(endpointIds: ReadonlySet<string>): void {
    for (const id of this.#scores.keys()) if (!endpointIds.has(id)) this.#scores.delete(id);
  }
}

function average(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length));
}
