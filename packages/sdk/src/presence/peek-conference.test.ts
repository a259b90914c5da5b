import { describe, expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { fakeFetch } from '../testing/fake-fetch.ts';
import { joinAs } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { peekConference } from './peek-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
  vi.stubGlobal(
    'fetch',
    fakeFetch(server.api('cyd'), (token) => token === 'good'),
  );
});

const options = { server: 'https://rtc.example.com', conferenceId: 'room', token: 'good' };

describe('looking at a conference without joining it', () => {
  it('tells who is inside, and leaves no trace', async () => {
    await joinAs(server, 'ada');
    await joinAs(server, 'bob');
    const before = server.calls.length;
    const { participants, id } = await peekConference(options);
    expect(id).toBe('room');
    expect(participants.map(({ metadata }) => metadata['name'])).toEqual(['ada', 'bob']);
    expect(server.calls.slice(before).map(({ operation }) => operation)).toEqual(['getConference']);
  });

  it('says that a conference has ended, while the server still knows it', async () => {
    server.append({
      type: 'ConferenceEndedEvent',
      userId: 'system',
      userEndpointId: 'system',
      reason: 'over',
    });
    const { participants, ended } = await peekConference(options);
    expect({ participants, reason: ended?.reason }).toEqual({ participants: [], reason: 'over' });
  });

  it('does not take an empty conference for one that has ended', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.leave();
    const { participants, ended } = await peekConference(options);
    expect({ participants, ended }).toEqual({ participants: [], ended: undefined });
  });

  it('asks for no event of a conference that nobody has entered yet', async () => {
    await peekConference(options);
    expect(server.calls.map(({ operation }) => operation)).toEqual(['getConference']);
  });

  it('rejects with the reason when we may not', async () => {
    const refused = { ...options, token: 'bad' };
    await expect(peekConference(refused)).rejects.toMatchObject({ code: 'ERR_UNAUTHORIZED' });
  });

  it('can be given up', async () => {
    const signal = AbortSignal.abort();
    await expect(peekConference({ ...options, signal })).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });
});
