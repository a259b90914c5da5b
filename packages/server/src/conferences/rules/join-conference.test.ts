import { ordinaryPermissions } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { aConference, aContext, anActor, aParticipant, endedConference } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { joinConference } from './join-conference.ts';
import type { RuleContext } from './rule-context.ts';
import type { Standing } from './standing.ts';

const command = { conferenceId: 'c-1', userEndpointId: 'ep-9', metadata: { name: 'Ada' } };

const permissionsOf = (context: RuleContext) => joinConference(aConference(), command, context)[0];
const removalOf = (id: string) => (id === 'ep-9' ? { reason: 'too loud' } : undefined);

describe('joinConference', () => {
  it('announces the endpoint at the current version', () => {
    expect(joinConference(aConference(), command, aContext())).toEqual([
      {
        id: 'id-1',
        type: 'ConferenceJoinedEvent',
        timestamp: '2026-01-05T10:00:00.123Z',
        conferenceId: 'c-1',
        organizationId: 'o-1',
        conferenceVersion: 3,
        userId: 'u-1',
        userEndpointId: 'ep-9',
        metadata: { name: 'Ada' },
        permissions: ordinaryPermissions,
      },
    ]);
  });

  it('says what the endpoint may do: by a decision, or else by the token, or else by its roles', () => {
    const listener = { ...ordinaryPermissions, publish: [], send: false };
    const muted = { ...ordinaryPermissions, publish: [] };
    const all = { ...ordinaryPermissions, moderate: true, record: true };
    const withToken = anActor({ permissions: listener }, 'moderate');
    expect(permissionsOf(aContext(withToken, { permissions: muted }))).toMatchObject({ permissions: muted });
    expect(permissionsOf(aContext(withToken))).toMatchObject({ permissions: listener });
    expect(permissionsOf(aContext(anActor({}, 'moderate')))).toMatchObject({
      permissions: { ...ordinaryPermissions, moderate: true },
    });
    expect(permissionsOf(aContext(anActor({}, 'moderate', 'record')))).toMatchObject({ permissions: all });
    expect(permissionsOf(aContext(anActor({ userId: 'u-creator' })))).toMatchObject({ permissions: all });
  });

  it('says what the issuer of the token vouches for, and nothing that the participant says', () => {
    const verified = { name: 'Dr Ada', role: 'doctor' };
    expect(permissionsOf(aContext(anActor({ verified })))).toMatchObject({ verified });
    const claimed = { ...command, metadata: { verified, name: 'Dr Ada' } };
    expect(joinConference(aConference(), claimed, aContext())[0]).not.toHaveProperty('verified');
  });

  const entry = { value: 'true', userId: 'u-m', userEndpointId: 'ep-m', lastModified: '' };
  const refusalIn = (key: string, context: RuleContext) =>
    refusalOf(() => joinConference(aConference({ metadata: { [key]: entry } }), command, context));

  it.each([
    ['PARLEY_LOCKED', 'locked'],
    ['PARLEY_LOBBY', 'lobby'],
  ])('with %s, refuses everybody who is neither a moderator nor may return', (key, code) => {
    expect(refusalIn(key, aContext())).toBe(code);
    expect(refusalIn(key, aContext(anActor(), { mayReturn: true }))).toBe('accepted');
    expect(refusalIn(key, aContext(anActor({}, 'moderate')))).toBe('accepted');
    const demoted = { permissions: ordinaryPermissions };
    expect(refusalIn(key, aContext(anActor({}, 'moderate'), demoted))).toBe(code);
  });

  it('refuses a banned user and a removed endpoint, moderators too, and says why', () => {
    const moderator = anActor({}, 'moderate');
    const join = (standing: Partial<Standing>) => () =>
      joinConference(aConference(), command, aContext(moderator, standing));
    expect(refusalOf(join({ isBanned: true, mayReturn: true }))).toBe('banned');
    expect(refusalOf(join({ removalOf }))).toBe('removed');
    expect(join({ removalOf })).toThrow('too loud');
  });

  it('refuses an endpoint that has already joined', () => {
    const state = aConference({ participants: [aParticipant({ id: 'ep-9' })] });
    expect(refusalOf(() => joinConference(state, command, aContext()))).toBe('already_joined');
  });

  it('accepts a second endpoint of the same user', () => {
    const state = aConference({ participants: [aParticipant({ id: 'ep-1', userId: 'u-1' })] });
    expect(joinConference(state, command, aContext())).toHaveLength(1);
  });

  it('refuses when the conference is full', () => {
    const limit = { value: '1', userId: undefined, userEndpointId: undefined, lastModified: '' };
    const full = aConference({ participants: [aParticipant()], metadata: { participant_limit: limit } });
    expect(refusalOf(() => joinConference(full, command, aContext()))).toBe('conference_full');
    const notFull = { ...full, participants: [] };
    expect(joinConference(notFull, command, aContext())).toHaveLength(1);
  });

  it('ignores a limit that is not a number', () => {
    const limit = { value: 'many', userId: undefined, userEndpointId: undefined, lastModified: '' };
    const state = aConference({ participants: [aParticipant()], metadata: { participant_limit: limit } });
    expect(joinConference(state, command, aContext())).toHaveLength(1);
  });

  it('refuses an ended conference', () => {
    expect(refusalOf(() => joinConference(endedConference, command, aContext()))).toBe('not_found');
  });
});
