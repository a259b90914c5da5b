/** A duration: `'500ms'`, `'2s'`, `'1.5m'`, or a number of milliseconds. */
export type FaultDuration = number | `${number}ms` | `${number}s` | `${number}m`;

/** A fault that begins at a time. */
export interface TimedFault {
  /** When it begins, after the start of the run. */
  readonly at: FaultDuration;
}

/** A fault that lasts. */
export interface LastingFault extends TimedFault {
  /** How long it lasts. */
  readonly for: FaultDuration;
}

/** Requests to the server fail. */
export interface HttpFault extends LastingFault {
  readonly kind: 'http';
  /**
   * `lost`: the request never arrives. `answer-lost`: the server acts, but the answer never arrives. `late`: the request takes
   * `delay` longer. `status`: the server answers with `status`.
   */
  readonly effect: 'lost' | 'answer-lost' | 'late' | 'status';
  /** Only this operation, such as `join` or `publishStream`. Default: all. */
  readonly operation?: string;
  /** The share of requests, above 0 and up to 1, that the seed chooses. Default 1. */
  readonly share?: number;
  /** For `late`. */
  readonly delay?: FaultDuration;
  /** For `status`: 429, or 500 to 599. */
  readonly status?: number;
  /** For `status`: what `Retry-After` says. */
  readonly retryAfter?: FaultDuration;
}

/** The connection on which events arrive is cut at once. */
export interface FeedCut extends TimedFault {
  readonly kind: 'feed';
  readonly effect: 'cut';
}

/** The connection on which events arrive stays open and delivers nothing. */
export interface FeedStall extends LastingFault {
  readonly kind: 'feed';
  readonly effect: 'stalled';
}

/** Peer connections break: `failed` as a browser reports after it stopped trying, `disconnected` as ICE does for a while. */
export interface PeerFault extends TimedFault {
  readonly kind: 'peer';
  readonly effect: 'failed' | 'disconnected';
  /** Only connections that publish, or that view. Default: all. */
  readonly direction?: 'publish' | 'view';
  /** For `disconnected`: after this the connections recover. Default: they fail in the end. */
  readonly for?: FaultDuration;
}

/** A device is unplugged, in use by another program, or denied. */
export interface DeviceFault extends TimedFault {
  readonly kind: 'device';
  readonly effect: 'unplugged' | 'in-use' | 'denied';
  readonly device: 'camera' | 'microphone';
  /** After this it is there again. Default: it stays so. */
  readonly for?: FaultDuration;
}

/** The whole network is gone: requests, events and media. */
export interface NetworkFault extends LastingFault {
  readonly kind: 'network';
  readonly effect: 'lost';
}

export type Fault = HttpFault | FeedCut | FeedStall | PeerFault | DeviceFault | NetworkFault;

/** What goes wrong, and when. The same plan with the same seed chooses the same requests. */
export interface FaultPlan {
  /** For people. */
  readonly title?: string;
  /** Any whole number. */
  readonly seed: number;
  readonly faults: readonly Fault[];
}
