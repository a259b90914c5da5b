import type { ConferenceMode, JsonObject, ParticipantHealth, StreamType } from './types.ts';

/** The version of a snapshot whose server told none: any versioned event may follow it. */
export const UNKNOWN_VERSION = -1;

/**
 * A conference as everybody agrees on it: the API's aggregate with nothing missing. Immutable; `reduce` makes the
 * next one, and parts that did not change are the same objects.
 */
export interface ConferenceState {
  readonly id: string;
  /** How many versioned events it has seen. The next event carries exactly this as its `conferenceVersion`. */
  readonly version: number;
  readonly mode: ConferenceMode;
  readonly organizationId: string | undefined;
  readonly interactionId: string | undefined;
  /** The user who created it. */
  readonly creator: string | undefined;
  readonly creatorEndpoint: string | undefined;
  readonly participants: readonly Participant[];
  readonly metadata: Readonly<Record<string, MetadataEntry>>;
  /** Set once, by the event that ends the conference. */
  readonly ended: { readonly reason: string | undefined; readonly at: string } | undefined;
}

/** One endpoint of one user inside the conference: a tab, a phone. */
export interface Participant {
  /** The user endpoint's id. */
  readonly id: string;
  readonly userId: string;
  readonly state: ParticipantHealth;
  readonly streams: readonly Stream[];
  readonly metadata: JsonObject;
}

/** Something a participant sends: a microphone, a camera, both, or a screen. */
export interface Stream {
  readonly id: string;
  readonly type: StreamType;
  readonly metadata: JsonObject;
  /** Upper bound for the video in bits per second; 0 means none. */
  readonly videoBitrate: number;
}

/** One entry of the conference's metadata, with who wrote it last. */
export interface MetadataEntry {
  readonly value: string;
  readonly userId: string | undefined;
  readonly userEndpointId: string | undefined;
  /** An ISO instant. */
  readonly lastModified: string;
}

/** The participant with this endpoint id, if it is inside. */
export function findParticipant(state: ConferenceState, endpointId: string): Participant | undefined {
  return state.participants.find((participant) => participant.id === endpointId);
}

/** The stream with this id and the participant who publishes it. */
export function findStream(
  state: ConferenceState,
  streamId: string,
): { readonly stream: Stream; readonly participant: Participant } | undefined {
  for (const participant of state.participants) {
    const stream = participant.streams.find(({ id }) => id === streamId);
    if (stream) return { stream, participant };
  }
  return undefined;
}
