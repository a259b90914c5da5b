import { describe, expect, it } from 'vitest';
import { aConference, aContext, anActor, aParticipant, endedConference } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { sendEvent } from './send-event.ts';

const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z', page: 3 };
const command = { conferenceId: 'c-1', qos: 'BEST_EFFORT', event } as const;
const service = aContext(anActor({}, 'send-event'));
const state = aConference({ participants: [aParticipant(), aParticipant({ id: 'ep-2', userId: 'u-2' })] });

describe('sendEvent', () => {
  it('addresses all participants and completes the event, outside the history', () => {
    const sent = sendEvent(state, { ...command, event: { ...event, conferenceVersion: 7 } }, service);
    expect(sent.endpointIds).toEqual(['ep-1', 'ep-2']);
    expect(sent.event).toEqual({ ...event, id: 'id-1', conferenceId: 'c-1' });
    expect(sent).toMatchObject({ qos: 'BEST_EFFORT', atVersion: 3 });
  });

  it('keeps the id that the sender chose', () => {
    expect(sendEvent(state, { ...command, event: { ...event, id: 'mine' } }, service).event['id']).toBe(
      'mine',
    );
  });

  it('masks the copy for the log, but not the delivered event', () => {
    const sent = sendEvent(
      state,
      { ...command, event: { ...event, iban: 'GR16' }, masks: ['$.iban'] },
      service,
    );
    expect(sent.masked).toEqual({ ...sent.event, iban: '****' });
    expect(sent.event['iban']).toBe('GR16');
  });

  it('requires the right', () => {
    expect(refusalOf(() => sendEvent(state, command, aContext()))).toBe('forbidden');
  });

  it('is refused in an ended conference', () => {
    expect(refusalOf(() => sendEvent(endedConference, command, service))).toBe('not_found');
  });
});
