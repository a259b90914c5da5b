import type { ConferenceState, Participant, Stream } from '@parley-rtc/contract';
import type { Actor, Right } from '../actor.ts';
import type { RuleContext } from '../conferences/rules/rule-context.ts';
import { noStanding, type Standing } from '../conferences/rules/standing.ts';

/** A stream; name only the fields that matter. */
export function aStream(fields: Partial<Stream> = {}): Stream {
  return { id: 's-1', type: 'MIC_AND_CAM', metadata: {}, videoBitrate: 0, ...fields };
}

/** A participant with endpoint `ep-1` of user `u-1`. */
export function aParticipant(fields: Partial<Participant> = {}): Participant {
  return { id: 'ep-1', userId: 'u-1', state: 'HEALTHY', streams: [], metadata: {}, ...fields };
}

/** A conference `c-1` of organization `o-1`, created by user `u-creator`, at version 3. */
export function aConference(fields: Partial<ConferenceState> = {}): ConferenceState {
  return {
    id: 'c-1',
    version: 3,
    versionId: 'e-2',
    mode: 'ROUTER',
    organizationId: 'o-1',
    interactionId: undefined,
    creator: 'u-creator',
    creatorEndpoint: undefined,
    participants: [],
    metadata: {},
    ended: undefined,
    ...fields,
  };
}

/** A conference that has ended. */
export const endedConference: ConferenceState = aConference({
  ended: { reason: undefined, at: '2026-01-05T09:00:00.000Z' },
});

/** User `u-1` of organization `o-1`. */
export function anActor(fields: Partial<Omit<Actor, 'rights'>> = {}, ...rights: readonly Right[]): Actor {
  return { userId: 'u-1', realm: 'client', organizationId: 'o-1', rights: new Set(rights), ...fields };
}

/** Ids `id-1`, `id-2` and so on, at 2026-01-05T10:00:00.123Z. */
export function aContext(actor: Actor = anActor(), standing: Partial<Standing> = {}): RuleContext {
  let count = 0;
  return {
    actor,
    standing: { ...noStanding, ...standing },
    nowMs: Date.parse('2026-01-05T10:00:00.123Z'),
    newId: () => `id-${(count += 1)}`,
  };
}
