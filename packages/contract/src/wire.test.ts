import { describe, expect, it } from 'vitest';
import { UNKNOWN_VERSION } from './conference-state.ts';
import {
  conferenceFromSimpleView,
  conferenceFromWire,
  conferenceToSimpleView,
  conferenceToWire,
} from './wire.ts';

describe('conferenceFromWire', () => {
  it('fills in fields that the response omits', () => {
    expect(conferenceFromWire({ id: 'c-1', participants: [{ id: 'ep', streams: [{ id: 's' }] }] })).toEqual({
      id: 'c-1',
      version: UNKNOWN_VERSION,
      mode: 'UNKNOWN',
      organizationId: undefined,
      interactionId: undefined,
      creator: undefined,
      creatorEndpoint: undefined,
      participants: [
        {
          id: 'ep',
          userId: '',
          state: 'UNKNOWN',
          metadata: {},
          streams: [{ id: 's', type: 'UNKNOWN', metadata: {}, videoBitrate: 0 }],
        },
      ],
      metadata: {},
      ended: undefined,
    });
  });

  it('accepts the lower-case names of a simple view', () => {
    const view = {
      id: 'c-1',
      mode: 'router',
      version: 3,
      participants: [{ id: 'u', endpoints: [{ id: 'ep', streams: [{ id: 's', type: 'mic_and_cam' }] }] }],
    };
    expect(conferenceFromSimpleView(view)).toMatchObject({
      mode: 'ROUTER',
      version: 3,
      participants: [{ id: 'ep', userId: 'u', streams: [{ type: 'MIC_AND_CAM' }] }],
    });
  });
});

describe('conferenceToWire', () => {
  const state = conferenceFromWire({
    id: 'c-1',
    version: 4,
    mode: 'ROUTER',
    participants: [
      { id: 'tab', userId: 'ada', state: 'HEALTHY' },
      { id: 'phone', userId: 'ada', state: 'SICK' },
    ],
  });

  it('sets `empty` and omits fields without a value', () => {
    expect(conferenceToWire(state)).toMatchObject({ empty: false });
    expect(conferenceToWire({ ...state, participants: [] })).toMatchObject({ empty: true });
    expect(conferenceToWire(state)).not.toHaveProperty('interactionId');
    expect(conferenceToWire(state)).not.toHaveProperty('ended');
  });

  it('groups the endpoints of one user in the simple view', () => {
    expect(conferenceToSimpleView(state).participants).toMatchObject([
      { id: 'ada', endpoints: [{ id: 'tab' }, { id: 'phone' }] },
    ]);
  });
});

/** A conference with a value in every field. */
const full = {
  id: 'c-1',
  version: 0,
  versionId: 'e-0',
  mode: 'P2P',
  organizationId: 'o-1',
  interactionId: 'i-1',
  creator: 'ada',
  creatorEndpoint: 'tab',
  participants: [
    {
      id: 'tab',
      userId: 'ada',
      state: 'SICK',
      streams: ['MIC', 'CAM', 'SCREEN', 'MIC_AND_CAM'].map((type) => ({
        id: `stream of ${type}`,
        type,
        metadata: { portraitMode: true },
        videoBitrate: 300_000,
      })),
      metadata: { name: 'Ada' },
    },
    { id: 'phone', userId: 'ada', state: 'HEALTHY', streams: [], metadata: {} },
  ],
  metadata: {
    topic: { value: 'birds', userId: 'ada', userEndpointId: 'tab', lastModified: '2026-01-05T10:00:00Z' },
    ['__proto__']: { value: '', lastModified: '' },
  },
} as const;

describe('both views', () => {
  const wire = structuredClone(full) as Parameters<typeof conferenceFromWire>[0];

  it('keep every field of the full state', () => {
    expect(conferenceFromWire(wire)).toEqual({
      ...full,
      metadata: {
        topic: full.metadata.topic,
        ['__proto__']: { value: '', userId: undefined, userEndpointId: undefined, lastModified: '' },
      },
      ended: undefined,
    });
    expect(conferenceToWire(conferenceFromWire(wire))).toEqual({ ...full, empty: false });
  });

  it('keep every field of the simple view', () => {
    const state = conferenceFromWire(wire);
    const view = conferenceToSimpleView(state);
    expect(view).toMatchObject({ id: 'c-1', mode: 'P2P', version: 0, versionId: 'e-0' });
    expect(view.participants?.[0]?.endpoints?.map(({ id, metadata }) => [id, metadata])).toEqual([
      ['tab', { name: 'Ada' }],
      ['phone', {}],
    ]);
    expect(conferenceFromSimpleView(view)).toEqual({
      ...state,
      organizationId: undefined,
      interactionId: undefined,
      creator: undefined,
      creatorEndpoint: undefined,
      participants: state.participants.map((participant) => ({
        ...participant,
        streams: participant.streams.map((stream) => ({ ...stream, videoBitrate: 0 })),
      })),
    });
  });

  it('write an entry without a writer as such, and no version id where there is none', () => {
    const state = { ...conferenceFromWire(wire), versionId: undefined };
    expect(Object.keys(conferenceToWire(state).metadata?.['__proto__'] ?? {})).toEqual([
      'value',
      'lastModified',
    ]);
    expect(conferenceToSimpleView(state)).not.toHaveProperty('versionId');
    expect(conferenceToWire(state)).not.toHaveProperty('versionId');
  });

  it('fill in what an empty response leaves out', () => {
    const empty = conferenceFromWire({});
    expect(empty).toMatchObject({ id: '', version: UNKNOWN_VERSION, mode: 'UNKNOWN', participants: [] });
    expect(conferenceFromSimpleView({})).toEqual(empty);
    expect(
      conferenceFromSimpleView({ participants: [{}, { endpoints: [{ streams: [{}] }] }] }).participants,
    ).toEqual([
      {
        id: '',
        userId: '',
        state: 'UNKNOWN',
        metadata: {},
        streams: [{ id: '', type: 'UNKNOWN', metadata: {}, videoBitrate: 0 }],
      },
    ]);
    expect(conferenceFromWire({ participants: [{}], metadata: { a: {} } })).toMatchObject({
      participants: [{ id: '', userId: '', streams: [], metadata: {} }],
      metadata: { a: { value: '', lastModified: '' } },
    });
  });
});
