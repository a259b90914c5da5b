import { describe, expect, it } from 'vitest';
import { aContext, anActor } from '../testing/builders.ts';
import { expectRefusal } from '../testing/expect-refusal.ts';
import { createConference, isSameCreation } from './create-conference.ts';

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

  it('keeps what the caller wishes', () => {
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

  it('is refused to those without the right, such as ticket holders', () => {
    expectRefusal('forbidden', () => createConference({}, aContext()));
  });

  it.each(['active', 'create', 'join', 'publishStream'])(
    'refuses the reserved word %s as an id',
    (conferenceId) => {
      expectRefusal('invalid_request', () => createConference({ conferenceId }, aContext(creator)));
    },
  );

  it.each(['P2P', 'UNKNOWN'] as const)('refuses the mode %s', (mode) => {
    expectRefusal('invalid_request', () => createConference({ mode }, aContext(creator)));
  });

  it('ignores an organisation from those who may not name one', () => {
    const event = createConference({ organizationId: 'o-2' }, aContext(creator));
    expect(event.organizationId).toBe('o-1');
  });

  it('refuses another organisation than that of the token', () => {
    const service = anActor({}, 'create-conference', 'name-organization');
    expectRefusal('forbidden', () => createConference({ organizationId: 'o-2' }, aContext(service)));
    expect(createConference({ organizationId: 'o-1' }, aContext(service)).organizationId).toBe('o-1');
  });
});

describe('isSameCreation', () => {
  const event = createConference({ conferenceId: 'room', metadata: { a: '1', b: '2' } }, aContext(creator));

  it('sees through the order of metadata, ids and time', () => {
    const again = createConference(
      { conferenceId: 'room', metadata: { b: '2', a: '1' } },
      { ...aContext(creator), nowMs: 0 },
    );
    expect(isSameCreation(event, again)).toBe(true);
  });

  it('sees other metadata and other creators', () => {
    const otherMetadata = createConference({ conferenceId: 'room', metadata: { a: '1' } }, aContext(creator));
    const otherCreator = { ...event, userId: 'u-2' };
    expect(isSameCreation(event, otherMetadata)).toBe(false);
    expect(isSameCreation(event, otherCreator)).toBe(false);
  });
});
