import { findParticipant, type Participant, type Stream } from '@parley-rtc/contract';
import type { ConferenceSnapshot } from './conference-store.ts';

/** A stream of somebody else, with who publishes it. */
export interface RemoteStream extends Stream {
  /** The publisher's endpoint. */
  readonly endpointId: string;
  readonly userId: string;
  readonly participant: Participant;
}

/** Everybody in the conference except our own endpoint. The same array back as long as the participants are the same. */
export const selectRemoteParticipants: (snapshot: ConferenceSnapshot) => readonly Participant[] =
  selectFromParticipants((participants, endpointId) => participants.filter(({ id }) => id !== endpointId));

/** All streams of the others. The same array back as long as the participants are the same. */
export const selectRemoteStreams: (snapshot: ConferenceSnapshot) => readonly RemoteStream[] =
  selectFromParticipants((participants, endpointId) =>
    participants.flatMap((participant) => (participant.id === endpointId ? [] : streamsOf(participant))),
  );

/** Ourselves as the others see us; undefined once the server has let us go. */
export function selectSelf(snapshot: ConferenceSnapshot): Participant | undefined {
  return findParticipant(snapshot.conference, snapshot.endpointId);
}

const streamsOfParticipant = new WeakMap<Participant, readonly RemoteStream[]>();

/** The streams of one participant with their publisher; the same objects for the same participant. */
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
