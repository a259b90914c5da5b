import type { ConferenceState } from './conference-state.ts';
import type { ConferenceEvent } from './events.ts';
import { placeInHistory, reduce } from './reduce.ts';

/** What a batch of events did to a conference. */
export interface Followed {
  readonly state: ConferenceState;
  /** The events that were next, in order. */
  readonly applied: readonly ConferenceEvent[];
  /** Events that are no part of the history (network indicator, `sendEvent`), in order of arrival. */
  readonly outside: readonly ConferenceEvent[];
  /**
   * True when the state may differ from the server's: an event is missing before one that came, or an applied one has
   * a type whose effect is not known. Only a new snapshot helps.
   */
  readonly needsSnapshot: boolean;
}

/**
 * Applies a batch, as a poll brings it, in any order and with any repetition. The result equals the server's state at
 * its version, or says that it needs a snapshot.
 */
export function follow(state: ConferenceState, events: readonly ConferenceEvent[]): Followed {
  const inOrder = events.toSorted((a, b) => (a.conferenceVersion ?? -1) - (b.conferenceVersion ?? -1));
  const applied: ConferenceEvent[] = [];
  const outside: ConferenceEvent[] = [];
  let needsSnapshot = false;
  for (const event of inOrder) {
    switch (placeInHistory(state, event)) {
      case 'next':
        state = reduce(state, event);
        applied.push(event);
        needsSnapshot ||= event.type === 'UnknownEvent';
        break;
      case 'gap':
        needsSnapshot = true;
        break;
      case 'outside':
        outside.push(event);
        break;
      case 'old':
        break;
    }
  }
  return { state, applied, outside, needsSnapshot };
}
