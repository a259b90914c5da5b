import type { LoadPeer } from './load-peer.ts';
import type { ViewedFormat } from './load-viewer.ts';

/** What a process that runs JavaScript says about itself. */
interface Vitals {
  /** 99th percentile of the event loop's delay since the last look, in milliseconds. */
  readonly loopDelayP99Ms: number;
  /** Memory of the JavaScript heap, and of buffers outside of it. */
  readonly javascriptBytes: number;
}

/** A media router in a process of its own. */
export interface RouterUnderLoad {
  readonly pid: number;
  /** Connects a publisher. */
  publish(isSimulcast: boolean): Promise<Published>;
  /** Connects a viewer. */
  view(streamId: string): Promise<{ readonly peer: LoadPeer; readonly format: ViewedFormat }>;
  /** What its first process says about itself, where that runs JavaScript. */
  vitals(): Promise<Vitals | undefined>;
  close(): Promise<void>;
}

/** A stream that is taken in. */
interface Published {
  readonly streamId: string;
  readonly peer: LoadPeer;
  /** The offer it was published with. */
  readonly offer: string;
}
