import {
  findStream,
  UNKNOWN_VERSION,
  type ConferenceState,
  type MetadataEntry,
  type Participant,
  type Stream,
} from './conference-state.ts';
import type {
  ConferenceCreatedEvent,
  ConferenceEvent,
  ConferenceMetadataUpdatedEvent,
  ConferenceStreamMetadataUpdatedEvent,
} from './events.ts';
import { participantOfPermissions, permissionsInEntry } from './moderation-keys.ts';

/**
 * Where `event` stands relative to `state.version`: `next` can be applied, `old` is already included, `gap` means that
 * an earlier event is missing, and `outside` is not part of the history.
 */
export function placeInHistory(
  state: ConferenceState,
  event: ConferenceEvent,
): 'next' | 'old' | 'gap' | 'outside' {
  if (event.type === 'ConferenceCreatedEvent') return 'old';
  const version = event.conferenceVersion;
  if (version === null) return 'outside';
  if (state.version === UNKNOWN_VERSION || version === state.version) return 'next';
  return version < state.version ? 'old' : 'gap';
}

/** The state after the creation event: version 0, without participants. */
export function createdConference(event: ConferenceCreatedEvent): ConferenceState {
  const entries = Object.entries(event.metadata ?? {}).map(([key, value]) => [
    key,
    { value, userId: event.userId, userEndpointId: event.userEndpointId, lastModified: event.timestamp },
  ]);
  return {
    id: event.conferenceId,
    version: 0,
    versionId: event.id,
    mode: event.mode ?? 'ROUTER',
    organizationId: event.organizationId,
    interactionId: event.interactionId,
    creator: event.userId,
    creatorEndpoint: event.userEndpointId,
    participants: [],
    metadata: Object.fromEntries(entries) as Record<string, MetadataEntry>,
    ended: undefined,
  };
}

/**
 * The one function that changes a conference: the server applies it to the events that it accepts, the SDK to those that
 * it receives.
 *
 * Pure. An event that is not the next one changes nothing and returns the same object, so repeating or reordering events
 * is harmless; each event that is next adds exactly 1 to `version`. Members, streams and keys that the state does not
 * know are ordinary input.
 */
export function reduce(state: ConferenceState, event: ConferenceEvent): ConferenceState {
  return placeInHistory(state, event) === 'next' ? applyNext(state, event) : state;
}

/** The state after `event`, whose place in the history must be `next`. */
export function applyNext(state: ConferenceState, event: ConferenceEvent): ConferenceState {
  return {
    ...changed(state, event),
    version: (event.conferenceVersion ?? state.version) + 1,
    // A server that sent no id with its snapshot would not know this one either.
    versionId: state.versionId === undefined ? undefined : event.id,
  };
}

function changed(state: ConferenceState, event: ConferenceEvent): ConferenceState {
  switch (event.type) {
    case 'ConferenceJoinedEvent':
      return withParticipant(state, {
        id: event.userEndpointId,
        userId: event.userId,
        state: 'HEALTHY',
        streams: [],
        metadata: event.metadata ?? {},
        ...(event.permissions && { permissions: event.permissions }),
        ...(event.verified && { verified: event.verified }),
      });
    case 'ConferenceLeftEvent':
      return withoutParticipant(state, event.userEndpointId);
    case 'ConferenceEndedEvent':
      return { ...state, participants: [], ended: { reason: event.reason, at: event.timestamp } };
    case 'ConferenceStreamPublishedEvent':
      return withStream(state, event.userEndpointId, {
        id: event.streamId,
        type: event.streamType,
        metadata: event.metadata ?? {},
        videoBitrate: event.videoBitrate ?? 0,
      });
    case 'ConferenceStreamUnpublishedEvent':
      return withoutStream(state, event.streamId);
    case 'ConferenceMetadataUpdatedEvent':
      return withPermissions(withMetadata(state, event), event);
    case 'ConferenceStreamMetadataUpdatedEvent':
      return updateStream(state, streamMeantBy(state, event), { metadata: event.newMetadata });
    case 'ConferenceStreamBitrateUpdatedEvent':
      return updateStream(state, event.streamId, { videoBitrate: event.videoBitrate });
    case 'ConferenceParticipantMetadataUpdatedEvent':
      return updateParticipant(state, event.userEndpointId, { metadata: event.newMetadata });
    case 'ConferenceParticipantStateChangedEvent':
      return updateParticipant(state, event.userEndpointId, { state: event.state });
    case 'ConferenceInteractionIdSetEvent':
      return { ...state, interactionId: event.interactionId };
    default:
      return state;
  }
}

/** An endpoint that joins twice starts from scratch: its old streams and metadata are dropped. */
function withParticipant(state: ConferenceState, joined: Participant): ConferenceState {
  const others = state.participants.filter(({ id }) => id !== joined.id);
  return { ...state, participants: [...others, joined] };
}

function withoutParticipant(state: ConferenceState, endpointId: string): ConferenceState {
  return { ...state, participants: state.participants.filter(({ id }) => id !== endpointId) };
}

function updateParticipant(
  state: ConferenceState,
  endpointId: string,
  change: Partial<Participant>,
): ConferenceState {
  const participants = state.participants.map((participant) =>
    participant.id === endpointId ? { ...participant, ...change } : participant,
  );
  return { ...state, participants };
}

function withStream(state: ConferenceState, endpointId: string, published: Stream): ConferenceState {
  const publisher = state.participants.find(({ id }) => id === endpointId);
  if (!publisher) return state;
  const others = publisher.streams.filter(({ id }) => id !== published.id);
  return updateParticipant(state, endpointId, { streams: [...others, published] });
}

function withoutStream(state: ConferenceState, streamId: string): ConferenceState {
  const publisher = findStream(state, streamId)?.participant;
  if (!publisher) return state;
  return updateParticipant(state, publisher.id, {
    streams: publisher.streams.filter(({ id }) => id !== streamId),
  });
}

function updateStream(
  state: ConferenceState,
  streamId: string | undefined,
  change: Partial<Stream>,
): ConferenceState {
  const publisher = streamId === undefined ? undefined : findStream(state, streamId)?.participant;
  if (!publisher) return state;
  const streams = publisher.streams.map((stream) =>
    stream.id === streamId ? { ...stream, ...change } : stream,
  );
  return updateParticipant(state, publisher.id, { streams });
}

/** Without a stream id, the event means the endpoint's single stream (docs/server/platform.md, Events). */
function streamMeantBy(
  state: ConferenceState,
  event: ConferenceStreamMetadataUpdatedEvent,
): string | undefined {
  if (event.streamId !== undefined) return event.streamId;
  const publisher = state.participants.find(({ id }) => id === event.userEndpointId);
  return publisher?.streams.length === 1 ? publisher.streams[0]?.id : undefined;
}

/** Permissions that an entry changes. A server that sent none with the participant does not enforce them. */
function withPermissions(state: ConferenceState, event: ConferenceMetadataUpdatedEvent): ConferenceState {
  const endpointId = participantOfPermissions(event.key);
  const permissions = permissionsInEntry(event.value ?? '');
  const known = state.participants.find(({ id }) => id === endpointId)?.permissions;
  if (endpointId === undefined || !permissions || !known || event.operation !== 'SET') return state;
  return updateParticipant(state, endpointId, { permissions });
}

function withMetadata(state: ConferenceState, event: ConferenceMetadataUpdatedEvent): ConferenceState {
  const others = Object.entries(state.metadata).filter(([key]) => key !== event.key);
  switch (event.operation) {
    case 'SET': {
      const entry: MetadataEntry = {
        value: event.value ?? '',
        userId: event.userId,
        userEndpointId: event.userEndpointId,
        lastModified: event.timestamp,
      };
      // Object.fromEntries defines properties, so `__proto__` becomes an ordinary key.
      return { ...state, metadata: Object.fromEntries([...others, [event.key, entry]]) };
    }
    case 'REMOVE':
      return { ...state, metadata: Object.fromEntries(others) };
    case 'UNKNOWN':
      return state;
  }
}
