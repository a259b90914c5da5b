import { describe, expect, it } from 'vitest';
import { aConference, anActor, aParticipant, aStream, endedConference } from '../testing/builders.ts';
import { expectRefusal } from '../testing/expect-refusal.ts';
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
    expectRefusal('forbidden', () => viewerOf(state, naming('ep-by'), anActor()));
  });

  it('refuses callers who have not joined, whatever endpoint they name', () => {
    const stranger = anActor({ userId: 'u-stranger' });
    expectRefusal('not_joined', () => viewerOf(state, naming('ep-pub'), stranger));
    expectRefusal('not_joined', () => viewerOf(state, naming('ep-stranger'), stranger));
  });

  it('refuses an ended conference', () => {
    expectRefusal('not_found', () => viewerOf(endedConference, naming('ep-1'), anActor()));
  });
});
