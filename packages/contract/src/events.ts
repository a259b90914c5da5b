import type {
  ConferenceMode,
  JsonObject,
  JsonValue,
  MetadataOperation,
  Mover,
  ParticipantHealth,
  Permissions,
  StreamType,
  VerifiedProfile,
} from './types.ts';

/** Fields of every event. */
export interface EventBase {
  readonly id: string;
  /** When it happened: ISO 8601 in UTC. */
  readonly timestamp: string;
  readonly conferenceId: string;
  readonly organizationId?: string;
  /**
   * The conference's version *before* this event: the next event for a state at version V has V here. Null for the
   * creation event and for events outside the history (network indicator, events of `sendEvent`).
   */
  readonly conferenceVersion: number | null;
}

/** An event that a participant's endpoint caused. */
interface CausedEvent extends EventBase {
  readonly userId: string;
  readonly userEndpointId: string;
}

export interface ConferenceCreatedEvent extends EventBase {
  readonly type: 'ConferenceCreatedEvent';
  readonly userId?: string;
  readonly userEndpointId?: string;
  readonly mode?: ConferenceMode;
  readonly interactionId?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface ConferenceJoinedEvent extends CausedEvent {
  readonly type: 'ConferenceJoinedEvent';
  readonly metadata?: JsonObject;
  readonly permissions?: Permissions;
  readonly verified?: VerifiedProfile;
}

export interface ConferenceLeftEvent extends CausedEvent {
  readonly type: 'ConferenceLeftEvent';
  readonly reason?: string;
  /** The moderator who removed the endpoint; absent if it left or was silent. */
  readonly removedBy?: Mover;
  /** Whether the user can no longer join. */
  readonly isBanned?: boolean;
}

export interface ConferenceEndedEvent extends EventBase {
  readonly type: 'ConferenceEndedEvent';
  readonly userId?: string;
  readonly userEndpointId?: string;
  readonly reason?: string;
}

export interface ConferenceStreamPublishedEvent extends CausedEvent {
  readonly type: 'ConferenceStreamPublishedEvent';
  readonly streamId: string;
  readonly streamType: StreamType;
  readonly metadata?: JsonObject;
  readonly videoBitrate?: number;
}

export interface ConferenceStreamUnpublishedEvent extends CausedEvent {
  readonly type: 'ConferenceStreamUnpublishedEvent';
  readonly streamId: string;
  readonly streamType: StreamType;
}

export interface ConferenceMetadataUpdatedEvent extends CausedEvent {
  readonly type: 'ConferenceMetadataUpdatedEvent';
  readonly operation: MetadataOperation;
  readonly key: string;
  readonly value?: string;
}

export interface ConferenceStreamMetadataUpdatedEvent extends CausedEvent {
  readonly type: 'ConferenceStreamMetadataUpdatedEvent';
  /** Official clients do not read it, so other servers may omit it. */
  readonly streamId?: string;
  readonly newMetadata: JsonObject;
}

export interface ConferenceParticipantMetadataUpdatedEvent extends CausedEvent {
  readonly type: 'ConferenceParticipantMetadataUpdatedEvent';
  readonly newMetadata: JsonObject;
}

export interface ConferenceStreamBitrateUpdatedEvent extends CausedEvent {
  readonly type: 'ConferenceStreamBitrateUpdatedEvent';
  readonly streamId: string;
  /** Bits per second; 0 means no limit. */
  readonly videoBitrate: number;
}

export interface ConferenceInteractionIdSetEvent extends EventBase {
  readonly type: 'ConferenceInteractionIdSetEvent';
  readonly userId?: string;
  readonly userEndpointId?: string;
  readonly interactionId: string;
}

export interface ConferenceParticipantStateChangedEvent extends CausedEvent {
  readonly type: 'ConferenceParticipantStateChangedEvent';
  readonly state: ParticipantHealth;
}

/** Connection quality of one endpoint, as measured by the server. */
export interface NetworkIndicator {
  readonly averageJitter: number;
  readonly averageRtt: number;
  readonly averageNetworkQuality: number;
  readonly grade: string;
}

export interface ConferenceNetworkIndicatorUpdatedEvent extends EventBase {
  readonly type: 'ConferenceNetworkIndicatorUpdatedEvent';
  readonly averageNetworkQuality: number;
  /** Keyed by user endpoint id. */
  readonly participantIndicatorMap: Readonly<Record<string, NetworkIndicator>>;
}

/** Tells a publisher which simulcast layers of its stream have viewers. */
export interface ConferenceStreamLayersUpdatedEvent extends CausedEvent {
  readonly type: 'ConferenceStreamLayersUpdatedEvent';
  readonly streamId: string;
  /** Empty if the video has no viewers. */
  readonly activeRids: readonly string[];
}

/** Asks for a new connection of a stream, because the one that carries it is about to end, or has ended. */
export interface ConferenceStreamMovingEvent extends CausedEvent {
  readonly type: 'ConferenceStreamMovingEvent';
  readonly streamId: string;
  /** Who has to set it up now. */
  readonly asked: 'PUBLISHER' | 'VIEWERS';
  /** Whose views these are, if not all. */
  readonly viewerIds?: readonly string[];
}

/** A message of a participant to this reader. */
export interface ConferenceMessageSentEvent extends CausedEvent {
  readonly type: 'ConferenceMessageSentEvent';
  /** Chosen by the sender; unique for its endpoint. */
  readonly messageId: string;
  /** Its place among the conference's messages: higher than that of each earlier message, with gaps. */
  readonly sequence: number;
  readonly topic: string;
  readonly payload: JsonValue;
  /** How to read `payload`; absent for the JSON value itself. */
  readonly contentType?: string;
  /** The receiving endpoints; absent for all participants. */
  readonly to?: readonly string[];
}

/** Where this reader stands among the messages: at the start, and where messages that it has not read are no longer kept. */
export interface ConferenceMessagesPlacedEvent extends EventBase {
  readonly type: 'ConferenceMessagesPlacedEvent';
  readonly sequence: number;
  /** Whether messages before it were never read and are no longer kept. */
  readonly hasMissed: boolean;
}

/** An event of an unknown type, or of a known type without a required field. `raw` holds all of it. */
export interface UnknownEvent extends EventBase {
  readonly type: 'UnknownEvent';
  readonly originalType: string;
  readonly raw: JsonObject;
}

/** The events that change the conference. */
export type HistoryEvent =
  | ConferenceCreatedEvent
  | ConferenceJoinedEvent
  | ConferenceLeftEvent
  | ConferenceEndedEvent
  | ConferenceStreamPublishedEvent
  | ConferenceStreamUnpublishedEvent
  | ConferenceMetadataUpdatedEvent
  | ConferenceStreamMetadataUpdatedEvent
  | ConferenceParticipantMetadataUpdatedEvent
  | ConferenceStreamBitrateUpdatedEvent
  | ConferenceInteractionIdSetEvent
  | ConferenceParticipantStateChangedEvent;

/** Any event that `decodeEvent` can return. */
export type ConferenceEvent =
  | HistoryEvent
  | ConferenceNetworkIndicatorUpdatedEvent
  | ConferenceStreamLayersUpdatedEvent
  | ConferenceStreamMovingEvent
  | ConferenceMessageSentEvent
  | ConferenceMessagesPlacedEvent
  | UnknownEvent;
