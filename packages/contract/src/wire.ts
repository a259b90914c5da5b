import {
  UNKNOWN_VERSION,
  type ConferenceState,
  type MetadataEntry,
  type Participant,
  type Stream,
} from './conference-state.ts';
import { readPermissions, readProfile } from './permissions.ts';
import type {
  ConferenceMode,
  JsonObject,
  ParticipantHealth,
  StreamType,
  WireConference,
  WireSimpleView,
} from './types.ts';

/**
 * Reads the response of `GET /conferences/{id}`. Every field is optional in the document, so missing fields become
 * empty, and names that the document does not list become UNKNOWN (decisions 11, 22, 23).
 */
export function conferenceFromWire(wire: WireConference): ConferenceState {
  return {
    id: wire.id ?? '',
    version: wire.version ?? UNKNOWN_VERSION,
    versionId: wire.versionId ?? undefined,
    mode: oneOf(wire.mode, modes),
    organizationId: wire.organizationId ?? undefined,
    interactionId: wire.interactionId ?? undefined,
    creator: wire.creator ?? undefined,
    creatorEndpoint: wire.creatorEndpoint ?? undefined,
    participants: (wire.participants ?? []).map((participant) => ({
      id: participant.id ?? '',
      userId: participant.userId ?? '',
      state: oneOf(participant.state, healths),
      streams: (participant.streams ?? []).map(streamFromWire),
      metadata: (participant.metadata ?? {}) as JsonObject,
      ...standingFromWire(participant),
    })),
    metadata: metadataFromWire(wire.metadata),
    ended: undefined,
  };
}

/** Reads the response of `GET /conferences/{id}/simpleView`, where participants are users that contain endpoints. */
export function conferenceFromSimpleView(view: WireSimpleView): ConferenceState {
  const participants: Participant[] = (view.participants ?? []).flatMap((user) =>
    (user.endpoints ?? []).map((endpoint) => ({
      id: endpoint.id ?? '',
      userId: user.id ?? '',
      state: oneOf(endpoint.state, healths),
      streams: (endpoint.streams ?? []).map(streamFromWire),
      metadata: (endpoint.metadata ?? {}) as JsonObject,
      ...standingFromWire(endpoint),
    })),
  );
  return {
    ...conferenceFromWire({ id: view.id ?? '' }),
    version: view.version ?? UNKNOWN_VERSION,
    versionId: view.versionId ?? undefined,
    mode: oneOf(view.mode, modes),
    participants,
    metadata: metadataFromWire(view.metadata),
  };
}

/** The response of `GET /conferences/{id}` for this state. */
export function conferenceToWire(state: ConferenceState): WireConference {
  const {
    ended: _ended,
    versionId,
    organizationId,
    interactionId,
    creator,
    creatorEndpoint,
    ...rest
  } = state;
  return {
    ...rest,
    ...(versionId !== undefined && { versionId }),
    ...(organizationId !== undefined && { organizationId }),
    ...(interactionId !== undefined && { interactionId }),
    ...(creator !== undefined && { creator }),
    ...(creatorEndpoint !== undefined && { creatorEndpoint }),
    metadata: metadataToWire(state),
    empty: state.participants.length === 0,
  };
}

/** The response of `GET /conferences/{id}/simpleView` for this state. */
export function conferenceToSimpleView(state: ConferenceState): WireSimpleView {
  const byUser = new Map<string, Participant[]>();
  for (const participant of state.participants) {
    byUser.set(participant.userId, [...(byUser.get(participant.userId) ?? []), participant]);
  }
  return {
    id: state.id,
    mode: state.mode,
    metadata: metadataToWire(state),
    participants: [...byUser].map(([id, participants]) => ({
      id,
      endpoints: participants.map((participant) => ({
        id: participant.id,
        state: participant.state,
        streams: participant.streams.map(({ id: streamId, type, metadata }) => ({
          id: streamId,
          type,
          metadata,
        })),
        metadata: participant.metadata,
        ...(participant.permissions && { permissions: participant.permissions }),
        ...(participant.verified && { verified: participant.verified }),
      })),
    })),
    version: state.version,
    ...(state.versionId !== undefined && { versionId: state.versionId }),
  };
}

const modes: readonly ConferenceMode[] = ['P2P', 'ROUTER'];
const healths: readonly ParticipantHealth[] = ['HEALTHY', 'SICK'];
const streamTypes: readonly StreamType[] = ['MIC', 'CAM', 'SCREEN', 'MIC_AND_CAM'];

function oneOf<Name extends string>(value: string | undefined, names: readonly Name[]): Name | 'UNKNOWN' {
  return names.find((name) => name === value?.toUpperCase()) ?? 'UNKNOWN';
}

/** What an extension of the server says about a participant, without anything malformed. */
function standingFromWire(participant: {
  readonly permissions?: unknown;
  readonly verified?: unknown;
}): Pick<Participant, 'permissions' | 'verified'> {
  const permissions = readPermissions(participant.permissions);
  const verified = readProfile(participant.verified);
  return { ...(permissions && { permissions }), ...(verified && { verified }) };
}

interface WireStream {
  readonly id?: string;
  readonly type?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly videoBitrate?: number;
}

function streamFromWire(stream: WireStream): Stream {
  return {
    id: stream.id ?? '',
    type: oneOf(stream.type, streamTypes),
    metadata: (stream.metadata ?? {}) as JsonObject,
    videoBitrate: stream.videoBitrate ?? 0,
  };
}

function metadataFromWire(metadata: WireConference['metadata']): Readonly<Record<string, MetadataEntry>> {
  const entries = Object.entries(metadata ?? {}).map(([key, entry]) => [
    key,
    {
      value: entry.value ?? '',
      userId: entry.userId,
      userEndpointId: entry.userEndpointId,
      lastModified: entry.lastModified ?? '',
    },
  ]);
  return Object.fromEntries(entries) as Record<string, MetadataEntry>;
}

function metadataToWire(state: ConferenceState): NonNullable<WireConference['metadata']> {
  const entries = Object.entries(state.metadata).map(
    ([key, { value, userId, userEndpointId, lastModified }]) => [
      key,
      {
        value,
        ...(userId !== undefined && { userId }),
        ...(userEndpointId !== undefined && { userEndpointId }),
        lastModified,
      },
    ],
  );
  return Object.fromEntries(entries) as NonNullable<WireConference['metadata']>;
}
