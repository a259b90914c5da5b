import type { ConferenceState, HistoryEvent } from '@parley-rtc/contract';
import { departure } from './leave-conference.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';
import { withdrawal } from './unpublish-stream.ts';

/**
 * What a new process has to tell about a conference of the former one: the media is gone, so every stream is
 * withdrawn. Participants stay, unless their endpoint is unknown: the former process died between forgetting it and
 * taking it out, and nobody could ever be heard of again.
 */
export function resumeConference(
  state: ConferenceState,
  knownEndpointIds: ReadonlySet<string>,
  stamp: Stamp,
): readonly HistoryEvent[] {
  const contents = state.participants.flatMap((participant) =>
    knownEndpointIds.has(participant.id)
      ? participant.streams.map((stream) => withdrawal(participant, stream))
      : departure(participant, 'No sign of life'),
  );
  return stampEvents(state, contents, stamp);
}
