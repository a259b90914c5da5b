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
