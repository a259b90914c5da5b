import { describe, expect, it } from 'vitest';
import { aConference, aContext, anActor, aParticipant, endedConference } from '../testing/builders.ts';
import { expectRefusal } from '../testing/expect-refusal.ts';
import { sendEvent } from './send-event.ts';

const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z', page: 3 };
const command = { conferenceId: 'c-1', qos: 'BEST_EFFORT', event } as const;
const service = aContext(anActor({}, 'send-event'));
const state = aConference({ participants: [aParticipant(), aParticipant({ id: 'ep-2', userId: 'u-2' })] });

describe('sendEvent', () => {
  it('addresses everybody inside and completes the event, without a place in the history', () => {
    const sent = sendEvent(state, { ...command, event: { ...event, conferenceVersion: 7 } }, service);
    expect(sent.endpointIds).toEqual(['ep-1', 'ep-2']);
    expect(sent.event).toMatchObject({
      conferenceVersion: null,
      conferenceId: 'c-1',
      raw: { type: 'DocumentSignedEvent', page: 3, id: 'id-1', conferenceId: 'c-1' },
    });
  });

  it('needs the right', () => {
    expectRefusal('forbidden', () => sendEvent(state, command, aContext()));
  });

  it('is refused after the end', () => {
    expectRefusal('not_found', () => sendEvent(endedConference, command, service));
  });
});
