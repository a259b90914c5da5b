import { ServerError } from '@parley-rtc/client';
import { describe, expect, test, vi } from 'vitest';
import { selectRemoteParticipants } from '../index.ts';
import type { FakePage } from '../testing/fake-browser.ts';
import { broken, type FakeServer } from '../testing/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
  server.hasPush = true;
});

const joined = (userEndpointId: string) => ({
  type: 'ConferenceJoinedEvent',
  userId: userEndpointId,
  userEndpointId,
});

test('takes the place of the polls', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  expect(server.parkedPolls).toBe(0);
  server.append(joined('bob'));
  server.append(joined('eve'));
  await settle();
  expect(heard).toEqual(['participant-joined bob', 'participant-joined eve']);
  expect(ada.state.getSnapshot().conference).toEqual(server.conference);
  expect(server.callsOf('openPush')).toEqual([{ version: 1, userEndpointId: ada.endpointId }]);
  await ada.leave();
  expect(server.openPushes).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('brings what is outside of the history', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.sendOutside({ type: 'DocumentSignedEvent' });
  await settle();
  expect(heard).toEqual(['server-event UnknownEvent']);
  expect(ada.state.version).toBe(1);
});

test('is opened anew when it ends, and goes on where it was', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.append(joined('bob'));
  await vi.advanceTimersByTimeAsync(60_000);
  server.append(joined('eve'));
  await settle();
  expect(heard).toEqual(['participant-joined bob', 'participant-joined eve']);
  expect(server.callsOf('openPush')).toEqual([
    { version: 1, userEndpointId: ada.endpointId },
    { lastEventId: '1', userEndpointId: ada.endpointId },
  ]);
});

test('reads the snapshot when an event is missing', async () => {
  const ada = await joinAs(server, 'ada');
  await settle();
  server.sendOutside({ ...joined('lost'), type: 'ConferenceRecordingStartedEvent', conferenceVersion: 7 });
  await settle();
  expect(server.callsOf('getConference')).toHaveLength(2);
  server.append(joined('bob'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(selectRemoteParticipants(ada.state.getSnapshot()).map(({ id }) => id)).toEqual(['bob']);
});

describe('when it breaks', () => {
  test.each([
    ['by an error', () => server.breakPushes(), 0],
    ['by silence', () => server.silencePushes(), 30_000],
  ])('%s says so, comes back, and has lost and repeated nothing', async (_how, breakIt, noticedMs) => {
    const ada = await joinAs(server, 'ada');
    await settle();
    const heard = listenTo(ada);
    server.intercept = ({ operation }) => {
      if (operation === 'openPush') throw broken(operation);
    };
    breakIt();
    server.append(joined('bob'));
    await vi.advanceTimersByTimeAsync(noticedMs);
    expect(heard).toEqual(['connection-changed reconnecting']);
    server.intercept = () => {};
    server.silencePushes(false);
    await vi.advanceTimersByTimeAsync(1_000);
    server.append(joined('eve'));
    await settle();
    expect(heard.slice(1)).toEqual([
      'connection-changed connected',
      'participant-joined bob',
      'participant-joined eve',
    ]);
    await ada.leave();
  });

  test('comes back at once when the network does', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    const before = server.callsOf('openPush').length;
    page.fire('online');
    await settle();
    expect(server.callsOf('openPush')).toHaveLength(before + 1);
    expect(server.openPushes).toBe(1);
    await ada.leave();
  });
});

describe('polls go on', () => {
  test.each([404, 405, 501, 200])('for good where the push is answered with %i', async (status) => {
    server.intercept = ({ operation }) => {
      if (operation === 'openPush') throw new ServerError({ operation, status });
    };
    const ada = await joinAs(server, 'ada');
    await vi.advanceTimersByTimeAsync(300_000);
    expect(server.callsOf('openPush')).toHaveLength(1);
    expect(server.parkedPolls).toBe(1);
    expect(ada.state.getSnapshot().connection).toBe('connected');
  });

  test('for a minute where the push is refused', async () => {
    server.intercept = ({ operation }) => {
      if (operation === 'openPush') throw new ServerError({ operation, status: 503 });
    };
    await joinAs(server, 'ada');
    await settle();
    expect(server.parkedPolls).toBe(1);
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(80_000);
    expect(server.openPushes).toBe(1);
    expect(server.parkedPolls).toBe(0);
  });

  test('where something on the way holds the stream back', async () => {
    server.silencePushes();
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    await vi.advanceTimersByTimeAsync(5_000);
    server.append(joined('bob'));
    await settle();
    expect(heard).toEqual(['participant-joined bob']);
    expect(server.openPushes).toBe(0);
  });
});
