import { describe, expect, it } from 'vitest';
import { decodeEvent, UndecodableEventError } from './decode-event.ts';

const published = {
  id: 'e-102',
  type: 'ConferenceStreamPublishedEvent',
  timestamp: '2026-01-05T10:00:01.456Z',
  conferenceId: 'c-1',
  organizationId: 'o-1',
  conferenceVersion: 1,
  userId: 'u-agent',
  userEndpointId: 'ep-1',
  streamId: 's-1',
  streamType: 'MIC_AND_CAM',
};

describe('decodeEvent', () => {
  it('leaves a platform event unchanged, including unknown fields', () => {
    expect(decodeEvent({ ...published, extra: [1] })).toEqual({ ...published, extra: [1] });
  });

  it('treats a missing or null version as outside the history', () => {
    const { conferenceVersion: _none, ...rest } = published;
    expect(decodeEvent(rest).conferenceVersion).toBeNull();
    expect(decodeEvent({ ...published, conferenceVersion: null }).conferenceVersion).toBeNull();
  });

  it('maps unknown stream types to UNKNOWN and ignores case', () => {
    expect(decodeEvent({ ...published, streamType: 'HOLOGRAM' })).toMatchObject({ streamType: 'UNKNOWN' });
    expect(decodeEvent({ ...published, streamType: 'cam' })).toMatchObject({ streamType: 'CAM' });
  });

  it('treats null in an optional field as absent', () => {
    expect(decodeEvent({ ...published, metadata: null })).not.toHaveProperty('metadata');
  });

  it.each([
    ['an unknown type', { ...published, type: 'ConferenceFutureEvent' }],
    ['the name of a built-in property', { ...published, type: 'toString' }],
    ['a known type without a required field', { ...published, streamId: undefined }],
    ['a known type with a field of the wrong type', { ...published, streamId: 7 }],
  ])('decodes %s as an unknown event that keeps the input', (_case, input) => {
    expect(decodeEvent(input)).toEqual({
      id: 'e-102',
      timestamp: '2026-01-05T10:00:01.456Z',
      conferenceId: 'c-1',
      organizationId: 'o-1',
      conferenceVersion: 1,
      type: 'UnknownEvent',
      originalType: input.type,
      raw: input,
    });
  });

  it.each([[null], [[]], ['text'], [{}], [{ type: 1 }]])('rejects %j, which is not an event', (input) => {
    expect(() => decodeEvent(input)).toThrow(UndecodableEventError);
  });
});

/** For each type, its required fields, and its optional ones. */
const types: readonly (readonly [type: string, required: object, optional: object])[] = [
  [
    'ConferenceCreatedEvent',
    {},
    { userId: 'u', userEndpointId: 'e', mode: 'P2P', interactionId: 'i', metadata: {} },
  ],
  ['ConferenceJoinedEvent', { userId: 'u', userEndpointId: 'e' }, { metadata: { a: 1 } }],
  ['ConferenceLeftEvent', { userId: 'u', userEndpointId: 'e' }, { reason: 'lunch' }],
  ['ConferenceEndedEvent', {}, { userId: 'u', userEndpointId: 'e', reason: 'over' }],
  [
    'ConferenceStreamPublishedEvent',
    { userId: 'u', userEndpointId: 'e', streamId: 's', streamType: 'MIC' },
    { metadata: {}, videoBitrate: 0 },
  ],
  [
    'ConferenceStreamUnpublishedEvent',
    { userId: 'u', userEndpointId: 'e', streamId: 's', streamType: 'SCREEN' },
    {},
  ],
  [
    'ConferenceMetadataUpdatedEvent',
    { userId: 'u', userEndpointId: 'e', operation: 'SET', key: 'k' },
    { value: 'v' },
  ],
  [
    'ConferenceStreamMetadataUpdatedEvent',
    { userId: 'u', userEndpointId: 'e', newMetadata: {} },
    { streamId: 's' },
  ],
  ['ConferenceParticipantMetadataUpdatedEvent', { userId: 'u', userEndpointId: 'e', newMetadata: {} }, {}],
  [
    'ConferenceStreamBitrateUpdatedEvent',
    { userId: 'u', userEndpointId: 'e', streamId: 's', videoBitrate: 30_000 },
    {},
  ],
  ['ConferenceInteractionIdSetEvent', { interactionId: 'i' }, { userId: 'u', userEndpointId: 'e' }],
  ['ConferenceParticipantStateChangedEvent', { userId: 'u', userEndpointId: 'e', state: 'SICK' }, {}],
  [
    'ConferenceStreamLayersUpdatedEvent',
    { userId: 'u', userEndpointId: 'e', streamId: 's', activeRids: ['q', 'h'] },
    {},
  ],
  [
    'ConferenceStreamMovingEvent',
    { userId: 'u', userEndpointId: 'e', streamId: 's', asked: 'VIEWERS' },
    { viewerIds: ['v'] },
  ],
  [
    'ConferenceNetworkIndicatorUpdatedEvent',
    { averageNetworkQuality: 4, participantIndicatorMap: { e: 4 } },
    {},
  ],
];

describe.each(types)('a %s', (type, required, optional) => {
  const base = { id: 'e-1', timestamp: 't', conferenceId: 'c-1', conferenceVersion: 3 };
  const whole: Record<string, unknown> = { ...base, type, ...required, ...optional };

  it('is decoded as it is, with or without its optional fields', () => {
    expect(decodeEvent(whole)).toEqual(whole);
    expect(decodeEvent({ ...base, type, ...required })).toEqual({ ...base, type, ...required });
  });

  it.each(Object.keys(required))('needs its `%s`', (name) => {
    expect(decodeEvent({ ...whole, [name]: undefined }).type).toBe('UnknownEvent');
    expect(decodeEvent({ ...whole, [name]: null }).type).toBe('UnknownEvent');
  });

  it.each(Object.keys({ ...required, ...optional }))('accepts no other kind of `%s`', (name) => {
    for (const wrong of [true, 1.5, [1]]) {
      expect(decodeEvent({ ...whole, [name]: wrong }).type).toBe('UnknownEvent');
    }
  });
});

it.each([
  ['ConferenceStreamPublishedEvent', 'streamType', ['MIC', 'CAM', 'SCREEN', 'MIC_AND_CAM']],
  ['ConferenceMetadataUpdatedEvent', 'operation', ['SET', 'REMOVE']],
  ['ConferenceParticipantStateChangedEvent', 'state', ['HEALTHY', 'SICK']],
  ['ConferenceCreatedEvent', 'mode', ['P2P', 'ROUTER']],
])('%s: reads `%s` in any case, and what it does not know as UNKNOWN', (type, field, names) => {
  const [, required] = types.find(([name]) => name === type) ?? ['', {}];
  const decoded = [...names, 'other'].map(
    (name) =>
      (decodeEvent({ type, ...required, [field]: name.toLowerCase() }) as unknown as Record<string, unknown>)[
        field
      ],
  );
  expect(decoded).toEqual([...names, 'UNKNOWN']);
});

it('fills in the base of an event that lacks it', () => {
  expect(
    decodeEvent({ type: 'ConferenceEndedEvent', id: 1, timestamp: null, conferenceVersion: 1.5 }),
  ).toEqual({
    type: 'ConferenceEndedEvent',
    id: '',
    timestamp: '',
    conferenceId: '',
    conferenceVersion: null,
  });
  expect(decodeEvent({ type: 'ConferenceEndedEvent', conferenceVersion: 0 }).conferenceVersion).toBe(0);
});

it('keeps the input of what is not an event with the error', () => {
  const input = { type: 1 };
  expect(() => decodeEvent(input)).toThrow(expect.objectContaining({ code: 'ERR_UNDECODABLE_EVENT', input }));
});
