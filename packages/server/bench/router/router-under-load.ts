import type { LoadPeer } from './load-peer.ts';
import type { ViewedFormat } from './load-viewer.ts';

/** A media router in a process of its own. */
export interface RouterUnderLoad {
  readonly pid: number;
  /** Connects a publisher. */
  publish(isSimulcast: boolean): Promise<Published>;
  /** Connects a viewer, who tells when each packet arrived if `hasFeedback`. */
  view(
    streamId: string,
    hasFeedback: boolean,
  ): Promise<{ readonly peer: LoadPeer; readonly format: ViewedFormat }>;
  /** Viewers whose link it takes to carry no more than so much, where it tells. */
  limitedViewers(): Promise<number | undefined>;
  /** 99th percentile of its event loop's delay since the last look, in milliseconds, where there is such a loop. */
  loopDelayP99Ms(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** A stream that is taken in. */
interface Published {
  readonly streamId: string;
  readonly peer: LoadPeer;
  /** The offer it was published with. */
  readonly offer: string;
}
