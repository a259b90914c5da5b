import fc from 'fast-check';
import type { ConferenceCreatedEvent, HistoryEvent } from '../events.ts';
import { permissionsKey } from '../moderation-keys.ts';
import type { Permissions, StreamType } from '../types.ts';

const endpoints = ['ada', 'bob', 'cyd'].flatMap((user) =>
  ['tab', 'phone'].map((device) => ({ userId: user, userEndpointId: `${user}-${device}` })),
);
const streamIds = ['s1', 's2', 's3', '__proto__'];
const keys = ['TRACK_MUTED/audio/s1', 'RECORDER', '__proto__', 'constructor'];

const actor = fc.constantFrom(...endpoints);
const streamId = fc.constantFrom(...streamIds);
const streamType = fc.constantFrom<StreamType>('MIC', 'CAM', 'SCREEN', 'MIC_AND_CAM', 'UNKNOWN');
const metadata = fc.dictionary(
  fc.string({ maxLength: 5 }),
  fc.oneof(fc.string(), fc.boolean(), fc.integer()),
  {
    maxKeys: 2,
  },
);

const permissions: fc.Arbitrary<Permissions> = fc.record({
  publish: fc.subarray(['MIC' as const, 'CAM' as const, 'SCREEN' as const]),
  view: fc.boolean(),
  send: fc.boolean(),
  moderate: fc.boolean(),
  record: fc.boolean(),
});
const shortText = fc.string({ minLength: 1, maxLength: 5 });
const verified = fc.record(
  { name: shortText, picture: fc.constant('https://example.com/ada.png'), role: shortText },
  { requiredKeys: [] },
);

/** An event without the fields that depend on its place in the history. */
const happening = fc.oneof(
  fc.record(
    { type: fc.constant('ConferenceJoinedEvent' as const), by: actor, metadata, permissions, verified },
    { requiredKeys: ['type', 'by', 'metadata'] },
  ),
  fc.record({ type: fc.constant('ConferenceLeftEvent' as const), by: actor }),
  fc.record({
    type: fc.constant('ConferenceStreamPublishedEvent' as const),
    by: actor,
    streamId,
    streamType,
  }),
  fc.record({
    type: fc.constant('ConferenceStreamUnpublishedEvent' as const),
    by: actor,
    streamId,
    streamType,
  }),
  fc.record({
    type: fc.constant('ConferenceMetadataUpdatedEvent' as const),
    by: actor,
    operation: fc.constantFrom('SET' as const, 'REMOVE' as const),
    key: fc.constantFrom(...keys),
    value: fc.string({ maxLength: 5 }),
  }),
  fc.record({
    type: fc.constant('ConferenceMetadataUpdatedEvent' as const),
    by: actor,
    operation: fc.constantFrom('SET' as const, 'REMOVE' as const),
    key: actor.map(({ userEndpointId }) => permissionsKey(userEndpointId)),
    value: permissions.map((value) => JSON.stringify(value)),
  }),
  fc.record({
    type: fc.constant('ConferenceStreamMetadataUpdatedEvent' as const),
    by: actor,
    streamId,
    newMetadata: metadata,
  }),
  fc.record({
    type: fc.constant('ConferenceParticipantMetadataUpdatedEvent' as const),
    by: actor,
    newMetadata: metadata,
  }),
  fc.record({
    type: fc.constant('ConferenceStreamBitrateUpdatedEvent' as const),
    by: actor,
    streamId,
    videoBitrate: fc.integer({ min: 0, max: 5_000_000 }),
  }),
  fc.record({
    type: fc.constant('ConferenceParticipantStateChangedEvent' as const),
    by: actor,
    state: fc.constantFrom('HEALTHY' as const, 'SICK' as const),
  }),
  fc.record({
    type: fc.constant('ConferenceInteractionIdSetEvent' as const),
    by: actor,
    interactionId: fc.string({ minLength: 1, maxLength: 5 }),
  }),
  fc.record({ type: fc.constant('ConferenceEndedEvent' as const), by: actor }),
);

/** The event that every history starts with. */
export const created: ConferenceCreatedEvent = {
  id: 'e-created',
  type: 'ConferenceCreatedEvent',
  timestamp: '2026-01-05T09:59:00.000Z',
  conferenceId: 'c-1',
  organizationId: 'o-1',
  conferenceVersion: null,
  userId: 'ada',
};

/** Histories as a server writes them: consecutive versions, without gaps or duplicates. */
export const histories: fc.Arbitrary<readonly HistoryEvent[]> = fc
  .array(happening, { maxLength: 40 })
  .map((happenings) =>
    happenings.map(({ by, ...rest }, version) => ({
      id: `e-${version}`,
      timestamp: new Date(Date.UTC(2026, 0, 5, 10, 0, version)).toISOString(),
      conferenceId: created.conferenceId,
      organizationId: 'o-1',
      conferenceVersion: version,
      ...by,
      ...rest,
    })),
  );

/** Creates an event with the given fields and defaults for the rest. */
export function anEvent<Type extends HistoryEvent['type']>(
  type: Type,
  conferenceVersion: number,
  fields: Partial<Extract<HistoryEvent, { type: Type }>> = {},
): Extract<HistoryEvent, { type: Type }> {
  return {
    id: `e-${conferenceVersion}`,
    timestamp: '2026-01-05T10:00:00.000Z',
    conferenceId: created.conferenceId,
    userId: 'ada',
    userEndpointId: 'ada-tab',
    ...fields,
    type,
    conferenceVersion,
  } as Extract<HistoryEvent, { type: Type }>;
}
