import type { ConferenceState } from './conference-state.ts';
import type { ConferenceEvent } from './events.ts';
import { applyNext, placeInHistory } from './reduce.ts';

/** An event that was next in the history, and the state that it leads to. */
export interface AppliedEvent {
  readonly event: ConferenceEvent;
  readonly state: ConferenceState;
}

/** What a batch of events did to a conference. */
export interface Followed {
  readonly state: ConferenceState;
  /** The events that were next, in order. */
  readonly applied: readonly AppliedEvent[];
  /** Events that are not part of the history (network indicator, `sendEvent`), in order of arrival. */
  readonly outside: readonly ConferenceEvent[];
  /**
   * True when the state may differ from the server's: an event is missing before one that arrived, or an applied one has
   * a type whose effect is unknown. Only a new snapshot helps.
   */
  readonly needsSnapshot: boolean;
}

/**
 * Applies a batch of events, in any order and with any repetition. The result equals the server's state at its version,
 * or says that it needs a snapshot.
 */
export function follow(state: ConferenceState, events: readonly ConferenceEvent[]): Followed {
  const inOrder = events.toSorted((a, b) => (a.conferenceVersion ?? -1) - (b.conferenceVersion ?? -1));
  const applied: AppliedEvent[] = [];
  const outside: ConferenceEvent[] = [];
  let needsSnapshot = false;
  for (const event of inOrder) {
    switch (placeInHistory(state, event)) {
      case 'next':
        state = applyNext(state, event);
        applied.push({ event, state });
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
