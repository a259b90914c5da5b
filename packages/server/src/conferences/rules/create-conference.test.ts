import { describe, expect, it } from 'vitest';
import { readOpenapiDocument } from '../../http/openapi-document.ts';
import { aContext, anActor } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { createConference, isSameCreation, reservedIds } from './create-conference.ts';

const creator = anActor({}, 'create-conference');

describe('createConference', () => {
  it('needs nothing but a caller with the right', () => {
    expect(createConference({}, aContext(creator))).toEqual({
      id: 'id-1',
      type: 'ConferenceCreatedEvent',
      timestamp: '2026-01-05T10:00:00.123Z',
      conferenceId: 'id-2',
      organizationId: 'o-1',
      conferenceVersion: null,
      userId: 'u-1',
      mode: 'ROUTER',
    });
  });

  it('uses the values that the caller requests', () => {
    const event = createConference(
      {
        conferenceId: 'room',
        mode: 'ROUTER',
        interactionId: 'i-1',
        creatorEndpoint: 'ep-1',
        metadata: { topic: 'x' },
      },
      aContext(creator),
    );
    expect(event).toMatchObject({
      conferenceId: 'room',
      interactionId: 'i-1',
      userEndpointId: 'ep-1',
      metadata: { topic: 'x' },
    });
  });

  it('refuses callers without the right, such as ticket holders', () => {
    expect(refusalOf(() => createConference({}, aContext()))).toBe('forbidden');
  });

  it.each(['active', 'create', 'join', 'publishStream'])(
    'refuses the reserved word %s as an id',
    (conferenceId) => {
      expect(refusalOf(() => createConference({ conferenceId }, aContext(creator)))).toBe('invalid_request');
    },
  );

  it.each(['P2P', 'UNKNOWN'] as const)('refuses the mode %s', (mode) => {
    expect(refusalOf(() => createConference({ mode }, aContext(creator)))).toBe('invalid_request');
  });

  it('ignores an organization from callers who may not name one', () => {
    const event = createConference({ organizationId: 'o-2' }, aContext(creator));
    expect(event.organizationId).toBe('o-1');
  });

  it("refuses an organization other than the token's", () => {
    const service = anActor({}, 'create-conference', 'name-organization');
    expect(refusalOf(() => createConference({ organizationId: 'o-2' }, aContext(service)))).toBe('forbidden');
    expect(createConference({ organizationId: 'o-1' }, aContext(service)).organizationId).toBe('o-1');
  });
});

describe('isSameCreation', () => {
  const event = createConference({ conferenceId: 'room', metadata: { a: '1', b: '2' } }, aContext(creator));

  it('ignores the order of metadata, ids and time', () => {
    const again = createConference(
      { conferenceId: 'room', metadata: { b: '2', a: '1' } },
      { ...aContext(creator), nowMs: 0 },
    );
    expect(isSameCreation(event, again)).toBe(true);
  });

  it('detects different metadata and different creators', () => {
    const otherMetadata = createConference({ conferenceId: 'room', metadata: { a: '1' } }, aContext(creator));
    const otherCreator = { ...event, userId: 'u-2' };
    expect(isSameCreation(event, otherMetadata)).toBe(false);
    expect(isSameCreation(event, otherCreator)).toBe(false);
  });
});

it('reserves exactly the words that are paths below /rtc-api/conferences', () => {
  const words = readOpenapiDocument()
    .operations.map(({ path }) => /^\/rtc-api\/conferences\/(\w+)$/.exec(path)?.[1])
    .filter((word) => word !== undefined);
  expect([...reservedIds].toSorted()).toEqual(words.toSorted());
});
