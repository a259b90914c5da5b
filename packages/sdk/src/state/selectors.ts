import { findParticipant, type Participant, type Stream } from '@parley-rtc/contract';
import type { ConferenceSnapshot } from './conference-store.ts';

/** A stream of another participant, with its publisher. */
export interface RemoteStream extends Stream {
  /** The publisher's endpoint id. */
  readonly endpointId: string;
  readonly userId: string;
  readonly participant: Participant;
}

/** Selects all participants except our own endpoint. Returns the same array until the participants change. */
export const selectRemoteParticipants: (snapshot: ConferenceSnapshot) => readonly Participant[] =
  selectFromParticipants((participants, endpointId) => participants.filter(({ id }) => id !== endpointId));

/** Selects all streams of other participants. Returns the same array until the participants change. */
export const selectRemoteStreams: (snapshot: ConferenceSnapshot) => readonly RemoteStream[] =
  selectFromParticipants((participants, endpointId) =>
    participants.flatMap((participant) => (participant.id === endpointId ? [] : streamsOf(participant))),
  );

/** Selects our own participant, as other participants see it; undefined after the server drops our endpoint. */
export function selectSelf(snapshot: ConferenceSnapshot): Participant | undefined {
  return findParticipant(snapshot.conference, snapshot.endpointId);
}

const streamsOfParticipant = new WeakMap<Participant, readonly RemoteStream[]>();

/** Returns a participant's streams with their publisher; the same objects for the same participant. */
export function streamsOf(participant: Participant): readonly RemoteStream[] {
  const known = streamsOfParticipant.get(participant);
  if (known) return known;
  const streams = participant.streams.map((stream) => ({
    ...stream,
    endpointId: participant.id,
    userId: participant.userId,
    participant,
  }));
  streamsOfParticipant.set(participant, streams);
  return streams;
}

function selectFromParticipants<Selected>(
  select: (participants: readonly Participant[], endpointId: string) => Selected,
): (snapshot: ConferenceSnapshot) => Selected {
  const known = new WeakMap<
    readonly Participant[],
    { readonly endpointId: string; readonly selected: Selected }
  >();
  return ({ conference: { participants }, endpointId }) => {
    const last = known.get(participants);
    if (last?.endpointId === endpointId) return last.selected;
    const selected = select(participants, endpointId);
    known.set(participants, { endpointId, selected });
    return selected;
  };
}
