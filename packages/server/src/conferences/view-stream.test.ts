import { describe, expect, it } from 'vitest';
import { aConference, anActor, aParticipant, aStream, endedConference } from '../testing/builders.ts';
import { refusalOf } from '../testing/refusal-of.ts';
import { viewerOf } from './view-stream.ts';

const publisher = aParticipant({ id: 'ep-pub', userId: 'u-pub', streams: [aStream()] });
const bystander = aParticipant({ id: 'ep-by', userId: 'u-by' });
const own = aParticipant({ id: 'ep-1', userId: 'u-1' });
const state = aConference({ participants: [publisher, bystander, own] });
const naming = (userEndpointId: string) => ({ userEndpointId, streamId: 's-1' });

describe('viewerOf', () => {
  it('takes the own endpoint', () => {
    expect(viewerOf(state, naming('ep-1'), anActor())).toBe(own);
  });

  it('takes the endpoint of the publisher and means the own one', () => {
    expect(viewerOf(state, naming('ep-pub'), anActor())).toBe(own);
  });

  it('refuses the endpoint of anybody else', () => {
    expect(refusalOf(() => viewerOf(state, naming('ep-by'), anActor()))).toBe('forbidden');
  });

  it('refuses callers who have not joined, whatever endpoint they name', () => {
    const stranger = anActor({ userId: 'u-stranger' });
    expect(refusalOf(() => viewerOf(state, naming('ep-pub'), stranger))).toBe('not_joined');
    expect(refusalOf(() => viewerOf(state, naming('ep-stranger'), stranger))).toBe('not_joined');
  });

  it('refuses an ended conference', () => {
    expect(refusalOf(() => viewerOf(endedConference, naming('ep-1'), anActor()))).toBe('not_found');
  });
});
