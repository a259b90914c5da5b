import { reduce, type ConferenceState, type HistoryEvent, type MetadataEntry } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../actor.ts';
import { aConference, aContext, anActor, aParticipant, aStream } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { dropParticipant, leaveConference } from './leave-conference.ts';
import { resumeConference } from './resume-conference.ts';
import { dropStream, unpublishStream } from './unpublish-stream.ts';
import { updateMetadata } from './update-metadata.ts';

const entry: MetadataEntry = {
  value: 'true',
  userId: 'u-2',
  userEndpointId: 'ep-2',
  lastModified: '2026-01-05T09:00:00.000Z',
};
const muteOf = (streamId: string): string => `TRACK_MUTED/audio/${streamId}`;
const state = aConference({
  participants: [
    aParticipant({ streams: [aStream({ id: 's/1' }), aStream({ id: 's/1/2' })] }),
    aParticipant({ id: 'ep-2', userId: 'u-2', streams: [aStream({ id: 's-2' })] }),
  ],
  metadata: Object.fromEntries(
    [
      muteOf('s/1'),
      'TRACK_MUTED/video/s/1',
      muteOf('s/1/2'),
      muteOf('s-2'),
      'TRACK_MUTED/nose/s-1',
      'topic',
      'ON_HOLD',
      'RECORDER-1',
      'participant_limit',
    ].map((key) => [key, entry]),
  ),
});

function keysAfter(before: ConferenceState, events: readonly HistoryEvent[]): readonly string[] {
  return Object.keys(events.reduce<ConferenceState>(reduce, before).metadata);
}
const rest = ['TRACK_MUTED/nose/s-1', 'topic', 'ON_HOLD', 'RECORDER-1', 'participant_limit'];

describe('entries of a stream', () => {
  it('are removed by events after its own, in the name of its publisher, and no other entry is', () => {
    const events = unpublishStream(state, { userEndpointId: 'ep-1', streamId: 's/1' }, aContext());
    expect(events).toMatchObject([
      { type: 'ConferenceStreamUnpublishedEvent', conferenceVersion: 3 },
      {
        type: 'ConferenceMetadataUpdatedEvent',
        conferenceVersion: 4,
        userId: 'u-1',
        userEndpointId: 'ep-1',
        operation: 'REMOVE',
        key: muteOf('s/1'),
      },
      { conferenceVersion: 5, operation: 'REMOVE', key: 'TRACK_MUTED/video/s/1' },
    ]);
    expect(keysAfter(state, events)).toEqual([muteOf('s/1/2'), muteOf('s-2'), ...rest]);
  });

  it('go when the media are gone, and with the publisher, who leaves last', () => {
    expect(keysAfter(state, dropStream(state, 's-2', aContext()))).not.toContain(muteOf('s-2'));
    const leave = { userEndpointId: 'ep-1' };
    for (const events of [
      leaveConference(state, leave, aContext()),
      dropParticipant(state, leave, aContext()),
    ]) {
      expect(keysAfter(state, events)).toEqual([muteOf('s-2'), ...rest]);
      expect(events.at(-1)).toMatchObject({ type: 'ConferenceLeftEvent' });
    }
  });

  it('go after a restart, together with those of streams that an older server left behind', () => {
    const left = { ...state, metadata: { ...state.metadata, [muteOf('long gone')]: entry } };
    const events = resumeConference(left, new Set(['ep-1', 'ep-2']), aContext());
    expect(keysAfter(left, events)).toEqual(rest);
  });

  it('can be set before the stream is published, belong to their author until then, and go with the author', () => {
    const early = muteOf('s-9');
    const announced = updateMetadata(state, setting(early), aContext(anActor()));
    const muted = announced.reduce<ConferenceState>(reduce, state);
    expect(Object.keys(muted.metadata)).toContain(early);
    const other = { ...setting(early), userEndpointId: 'ep-2' };
    const stranger = anActor({ userId: 'u-2' });
    for (const operation of ['SET', 'REMOVE'] as const) {
      const write = { ...other, operation };
      expect(refusalOf(() => updateMetadata(muted, write, aContext(stranger)))).toBe('forbidden');
    }
    const leave = (userEndpointId: string) => leaveConference(muted, { userEndpointId }, aContext());
    expect(keysAfter(muted, leave('ep-2'))).toContain(early);
    expect(keysAfter(muted, leave('ep-1'))).not.toContain(early);
  });
});

function setting(key: string) {
  return { conferenceId: 'c-1', userEndpointId: 'ep-1', key, operation: 'SET', value: 'x' } as const;
}

const outcome = (key: string, actor: Actor, operation: 'SET' | 'REMOVE') => {
  try {
    return updateMetadata(state, { ...setting(key), operation }, aContext(actor)).length;
  } catch (error) {
    return (error as { readonly code?: string }).code;
  }
};

describe('keys with a fixed meaning', () => {
  const guest = anActor({ realm: 'ticket', conferenceId: 'c-1' });
  const moderator = anActor({ realm: 'ticket', conferenceId: 'c-1' }, 'moderate');
  const creator = anActor({ userId: 'u-creator' });
  const namesake = anActor({ userId: 'u-creator', realm: 'ticket', conferenceId: 'c-1' });

  it.each([
    ['participant_limit', 'forbidden'],
    ['ON_HOLD', 'forbidden'],
    ['RECORDER-1', 'forbidden'],
    ['TRACK_MUTED/nose/s-1', 'forbidden'],
    ['topic', 1],
  ])('%s may be written by moderators and the creator; by participants: %s', (key, byGuest) => {
    for (const operation of ['SET', 'REMOVE'] as const) {
      expect(outcome(key, guest, operation)).toBe(byGuest);
      expect(outcome(key, namesake, operation)).toBe(byGuest);
      expect(outcome(key, moderator, operation)).toBe(1);
      expect(outcome(key, creator, operation)).toBe(1);
    }
  });

  it('moderators may mute a stream, but only its publisher may unmute it', () => {
    const moderators = [moderator, creator];
    for (const actor of [guest, namesake]) expect(outcome(muteOf('s-2'), actor, 'SET')).toBe('forbidden');
    for (const actor of moderators) expect(outcome(muteOf('s-2'), actor, 'SET')).toBe(1);
    for (const actor of [guest, namesake, ...moderators]) {
      expect(outcome(muteOf('s-2'), actor, 'REMOVE')).toBe('forbidden');
      expect(outcome(muteOf('s/1'), actor, 'REMOVE')).toBe(1);
      expect(outcome(muteOf('gone'), actor, 'REMOVE')).toBe(0);
    }
  });

  it("a publisher's own mute does not replace a moderator's, which is in force already", () => {
    expect(outcome(muteOf('s/1'), guest, 'SET')).toBe(0);
    const own = { ...entry, userEndpointId: 'ep-1' };
    const ownState = { ...state, metadata: { [muteOf('s/1')]: own } };
    expect(updateMetadata(ownState, setting(muteOf('s/1')), aContext(guest))).toHaveLength(1);
  });

  it('nobody writes the keys of the server', () => {
    for (const key of ['PARLEY_LOCKED', 'PARLEY_LOBBY', 'PARLEY_PERMISSIONS/ep-1', 'PARLEY_x']) {
      for (const actor of [guest, moderator, creator]) expect(outcome(key, actor, 'SET')).toBe('forbidden');
    }
  });

  it.each(['ON_HOLD/agent', 'RECORDER', 'TRACK_MUTED', 'TRACK_MUTED/', 'TRACK_MUTEDs'])(
    'include %s, because official clients check only how a key starts',
    (key) => {
      expect(outcome(key, guest, 'SET')).toBe('forbidden');
      expect(outcome(key, moderator, 'SET')).toBe(1);
    },
  );

  it.each(['participant_limits', 'on_hold', 'xRECORDER'])('do not include %s', (key) => {
    expect(outcome(key, guest, 'SET')).toBe(1);
  });

  it('may not be written for a stream that another endpoint of the same user publishes', () => {
    const other = { ...setting(muteOf('s/1')), userEndpointId: 'ep-2' };
    expect(refusalOf(() => updateMetadata(state, other, aContext(guest)))).toBe('forbidden');
  });
});
