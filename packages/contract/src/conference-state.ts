import type {
  ConferenceMode,
  JsonObject,
  ParticipantHealth,
  Permissions,
  StreamType,
  VerifiedProfile,
} from './types.ts';

/** Version of a snapshot whose server sent none. Any versioned event may follow it, and it may replace any state. */
export const UNKNOWN_VERSION = -1;

/**
 * The shared state of a conference: the API's aggregate with every field filled in. Immutable. `reduce` returns the
 * next state, which reuses the objects that did not change.
 */
export interface ConferenceState {
  readonly id: string;
  /** Number of versioned events applied so far. The next event has exactly this `conferenceVersion`. */
  readonly version: number;
  /**
   * Identifies the history up to `version`: the id of the event that led to it. The same version has another id after a
   * set-back of the server's history. Undefined on servers that do not send it.
   */
  readonly versionId: string | undefined;
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

/** One endpoint of a user in the conference, such as a tab or a phone. */
export interface Participant {
  /** The user endpoint's id. */
  readonly id: string;
  readonly userId: string;
  readonly state: ParticipantHealth;
  readonly streams: readonly Stream[];
  /** What the participant says about itself. */
  readonly metadata: JsonObject;
  /** What it may do now. Absent on servers without permissions. */
  readonly permissions?: Permissions;
  /** What the issuer of its ticket or token says about it. Absent without such a statement. */
  readonly verified?: VerifiedProfile;
}

/** A published stream: microphone, camera, both, or screen. */
export interface Stream {
  readonly id: string;
  readonly type: StreamType;
  readonly metadata: JsonObject;
  /** Maximum video bitrate in bits per second; 0 means no limit. */
  readonly videoBitrate: number;
}

/** One entry of the conference's metadata, with its last writer. */
export interface MetadataEntry {
  readonly value: string;
  readonly userId: string | undefined;
  readonly userEndpointId: string | undefined;
  /** ISO 8601 timestamp. */
  readonly lastModified: string;
}

/** The participant with this endpoint id, if it has joined. */
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
