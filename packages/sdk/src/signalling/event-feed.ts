import type { ParleyError } from '@parley-rtc/client';
import type { ConferenceEvent, ConferenceState } from '@parley-rtc/contract';

/** Follows a conference from its snapshot on and tells what happens in it. */
export interface EventFeed {
  /** Looks for news at once instead of waiting: for a page that was frozen. */
  nudge(): void;
  /** Ends the feed; nothing is told any more. */
  stop(): void;
}

/** What a feed needs to know, and whom it tells. */
export interface EventFeedSink {
  /** The conference as it is known now; `onEvent` and `onSnapshot` are expected to move it. */
  readonly conference: () => ConferenceState;
  /** The next event of the history, each exactly once and in order, or one outside of it. */
  readonly onEvent: (event: ConferenceEvent) => void;
  /** A newer state, where the events to it cannot be had. */
  readonly onSnapshot: (conference: ConferenceState) => void;
  readonly onConnection: (connection: 'connected' | 'reconnecting') => void;
  /** The server no longer knows the conference: it ended some time ago. The feed has stopped. */
  readonly onGone: () => void;
  /** Trouble that waiting alone will not mend. The feed goes on trying. */
  readonly onProblem: (error: ParleyError) => void;
}
