import type { ConferenceState, HistoryEvent } from '@parley-rtc/contract';
import { endingOwnRecorders, removingOrphans } from './conventions.ts';
import { departure } from './leave-conference.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';
import { unpublishing } from './unpublish-stream.ts';

/**
 * The events that a new process adds to a conference of its predecessor: the media are gone, so every stream is
 * unpublished, its recording has ended, and entries of streams that are long gone are removed. Participants stay, unless their endpoint is
 * unknown: the predecessor died between dropping the endpoint and removing the participant, so the timeout would never
 * remove it.
 */
export function resumeConference(
  state: ConferenceState,
  knownEndpointIds: ReadonlySet<string>,
  stamp: Stamp,
): readonly HistoryEvent[] {
  const contents = state.participants.flatMap((participant) =>
    knownEndpointIds.has(participant.id)
      ? participant.streams.flatMap((stream) => unpublishing(state, participant, stream))
      : departure(state, participant, 'Missed keep-alives'),
  );
  return stampEvents(
    state,
    [...contents, ...endingOwnRecorders(state, 'interrupted'), ...removingOrphans(state)],
    stamp,
  );
}
