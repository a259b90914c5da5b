import { describe, expect, it } from 'vitest';
import { aConference, aParticipant, aStream, endedConference } from '../../testing/builders.ts';
import { refusalOf } from '../../testing/refusal-of.ts';
import { viewerOf } from './view-stream.ts';

const publisher = aParticipant({ id: 'ep-pub', userId: 'u-pub', streams: [aStream()] });
const bystander = aParticipant({ id: 'ep-by', userId: 'u-by' });
/** Another kind of login has the same user id. */
const namesake = aParticipant({ id: 'ep-0', userId: 'u-1' });
const own = aParticipant({ id: 'ep-1', userId: 'u-1' });
const state = aConference({ participants: [publisher, bystander, namesake, own] });
const isOwn = ({ id }: { readonly id: string }) => id === 'ep-1';
const isStrange = () => false;
const naming = (userEndpointId: string) => ({ userEndpointId, streamId: 's-1' });

describe('viewerOf', () => {
  it("accepts the caller's own endpoint", () => {
    expect(viewerOf(state, naming('ep-1'), isOwn)).toBe(own);
  });

  it("accepts the publisher's endpoint and uses the caller's own", () => {
    expect(viewerOf(state, naming('ep-pub'), isOwn)).toBe(own);
  });

  it('refuses the endpoint of another participant, even one with the same user id', () => {
    expect(refusalOf(() => viewerOf(state, naming('ep-0'), isOwn))).toBe('forbidden');
    expect(refusalOf(() => viewerOf(state, naming('ep-by'), isOwn))).toBe('forbidden');
  });

  it('refuses callers who have not joined, whatever endpoint they name', () => {
    expect(refusalOf(() => viewerOf(state, naming('ep-pub'), isStrange))).toBe('not_joined');
    expect(refusalOf(() => viewerOf(state, naming('ep-stranger'), isStrange))).toBe('not_joined');
  });

  it('refuses an ended conference', () => {
    expect(refusalOf(() => viewerOf(endedConference, naming('ep-1'), isOwn))).toBe('not_found');
  });
});
