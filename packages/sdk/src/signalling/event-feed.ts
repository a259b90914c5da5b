import type { ParleyError } from '@parley-rtc/client';
import type { ConferenceEvent, ConferenceState } from '@parley-rtc/contract';

/** Follows a conference from a snapshot and delivers its events. */
export interface EventFeed {
  /** Asks the server immediately instead of waiting, for example after the page was frozen. */
  nudge(): void;
  /** Follows on from a snapshot that was read on rejoining. Returns the state to continue with. */
  resume(snapshot: ConferenceState): ConferenceState;
  /** Ends the feed; it calls nothing afterwards. */
  stop(): void;
}

/** Receives what a feed delivers, and tells it the current state. */
export interface EventFeedSink {
  /** The conference as it is known now; `onEvent` and `onSnapshot` are expected to update it. */
  readonly conference: () => ConferenceState;
  /**
   * Receives each event of the history exactly once and in order, with the state it leads to, and each event outside the
   * history without a state.
   */
  readonly onEvent: (event: ConferenceEvent, conference: ConferenceState | undefined) => void;
  /**
   * Receives a state when the events that lead to it are not available. It may be of another history, whose version is
   * lower, after the server's history was set back.
   */
  readonly onSnapshot: (conference: ConferenceState) => void;
  readonly onConnection: (connection: 'connected' | 'reconnecting') => void;
  /**
   * Called when the server no longer knows the conference, which ended earlier, or no longer lets us read it, because a
   * moderator removed us or our login has not been accepted for two minutes. The feed has stopped.
   */
  readonly onGone: (cause: unknown) => void;
  /** Receives a problem that waiting alone will not fix. The feed keeps trying. */
  readonly onProblem: (error: ParleyError) => void;
}
