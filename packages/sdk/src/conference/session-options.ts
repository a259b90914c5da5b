import type { CallApi, Logs } from '@parley-rtc/client';
import type { ConferenceState } from '@parley-rtc/contract';
import type { JoinTiming } from '../announcing/join-timing.ts';
import type { RejoinerOptions } from '../presence/rejoiner.ts';
import type { EventFeed, EventFeedSink } from '../signalling/event-feed.ts';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import type { EarlyPublication } from './early-publication.ts';
import type { OpenMediaOptions } from './open-media.ts';
import type { TokenWatch } from './token-watch.ts';

export interface LeaveOptions {
  /** Free text for other participants. */
  readonly reason?: string;
  /** Aborts the request to the server. */
  readonly signal?: AbortSignal;
}

export interface SessionOptions {
  readonly api: CallApi;
  readonly logs: Logs;
  readonly endpoint: UserEndpoint;
  readonly conference: ConferenceState;
  readonly access?: TokenWatch | undefined;
  readonly ice: OpenMediaOptions['ice'];
  readonly early?: EarlyPublication | undefined;
  readonly encryption?: OpenMediaOptions['encryption'];
  readonly timing: JoinTiming;
  readonly withMessageHistory?: boolean;
  readonly startFeed: (sink: EventFeedSink) => EventFeed;
  readonly enterAgain: RejoinerOptions['enterAgain'];
}
