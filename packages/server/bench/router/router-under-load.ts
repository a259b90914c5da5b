import type { LoadPeer } from './load-peer.ts';
import type { ViewedFormat } from './load-viewer.ts';

/** A media router in processes of its own. */
export interface RouterUnderLoad {
  /** Those whose resources count, with their children. */
  readonly pids: readonly number[];
  /** Connects a publisher. */
  publish(isSimulcast: boolean): Promise<Published>;
  /** Connects a viewer that reports when each packet arrived if `hasFeedback`. */
  view(
    streamId: string,
    hasFeedback: boolean,
  ): Promise<{ readonly peer: LoadPeer; readonly format: ViewedFormat }>;
  /** Number of viewers whose link it considers limited, if it reports that. */
  limitedViewers(): Promise<number | undefined>;
  /** 99th percentile of its event loop's delay since the last call, in milliseconds, if it has such a loop. */
  loopDelayP99Ms(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** A stream that the router receives. */
interface Published {
  readonly streamId: string;
  readonly peer: LoadPeer;
  /** The offer that published it. */
  readonly offer: string;
}
