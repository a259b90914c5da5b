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
