import { ForeignAnswerError, NotFoundError, ServerError } from '@parley-rtc/client';
import { describe, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { selectRemoteParticipants } from '../index.ts';
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

it('replaces the polls', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  expect(server.parkedPolls).toBe(0);
  server.append(joined('bob'));
  server.append(joined('eve'));
  await settle();
  expect(heard).toEqual(['participant-joined bob', 'participant-joined eve']);
  expect(ada.state.getSnapshot().conference).toEqual(server.conference);
  expect(server.callsOf('openPush')).toEqual([
    { version: 1, versionId: 'e2', userEndpointId: ada.endpointId },
  ]);
  await ada.leave();
  expect(server.openPushes).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

it('delivers events outside the history', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.sendOutside({ type: 'DocumentSignedEvent' });
  await settle();
  expect(heard).toEqual(['server-event UnknownEvent']);
  expect(ada.state.version).toBe(1);
});

it('is opened again when it ends, and continues where it was', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  server.append(joined('bob'));
  await vi.advanceTimersByTimeAsync(60_000);
  server.append(joined('eve'));
  await settle();
  expect(heard).toEqual(['participant-joined bob', 'participant-joined eve']);
  expect(server.callsOf('openPush')).toEqual([
    { version: 1, versionId: 'e2', userEndpointId: ada.endpointId },
    { version: 2, versionId: 'e3', lastEventId: '1', userEndpointId: ada.endpointId },
  ]);
});

it('reads the snapshot when an event is missing', async () => {
  const ada = await joinAs(server, 'ada');
  await settle();
  server.sendOutside({ ...joined('lost'), type: 'ConferenceRecordingStartedEvent', conferenceVersion: 7 });
  await settle();
  expect(server.callsOf('getConference')).toHaveLength(2);
  server.append(joined('bob'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(selectRemoteParticipants(ada.state.getSnapshot()).map(({ id }) => id)).toEqual(['bob']);
});

describe('when it fails', () => {
  it('by an error reports it, reconnects, and neither loses nor repeats an event', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    const heard = listenTo(ada);
    server.intercept = ({ operation }) => {
      if (operation === 'openPush') throw broken(operation);
    };
    server.breakPushes();
    server.append(joined('bob'));
    await settle();
    expect(heard).toEqual(['connection-changed reconnecting']);
    server.intercept = () => {};
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

  it('by silence while the server is gone reports it, reconnects, and loses no event', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    const heard = listenTo(ada);
    server.intercept = ({ operation }) => {
      throw broken(operation);
    };
    server.silencePushes();
    server.append(joined('bob'));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(heard).toEqual(['connection-changed reconnecting']);
    server.intercept = () => {};
    server.silencePushes(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard.slice(1)).toEqual(['participant-joined bob', 'connection-changed connected']);
    await ada.leave();
  });

  it('after it was idle, as proxies close idle connections, is opened again without a loss', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    const heard = listenTo(ada);
    for (let round = 0; round < 5; round += 1) {
      await vi.advanceTimersByTimeAsync(10_000);
      server.breakPushes();
      await settle();
      server.append({ ...joined(`guest-${round}`) });
      await settle();
    }
    expect(heard).toEqual(Array.from({ length: 5 }, (_, round) => `participant-joined guest-${round}`));
    expect(server.callsOf('getEvents').length).toBeLessThan(10);
  });

  it('after it was idle is reported within two seconds when the server does not answer', async () => {
    const ada = await joinAs(server, 'ada');
    await vi.advanceTimersByTimeAsync(10_000);
    const heard = listenTo(ada);
    server.intercept = async ({ operation }) => {
      if (operation === 'openPush' || operation === 'getEvents') await new Promise(() => {});
    };
    server.breakPushes();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(heard).toEqual(['connection-changed reconnecting']);
  });

  it('reconnects immediately when the network returns', async () => {
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

describe('polling continues', () => {
  it('for ten minutes when the server says that it has no push', async () => {
    server.intercept = ({ operation }) => {
      if (operation === 'openPush') throw new NotFoundError({ operation, status: 404 });
    };
    const ada = await joinAs(server, 'ada');
    await vi.advanceTimersByTimeAsync(590_000);
    expect(server.callsOf('openPush')).toHaveLength(1);
    expect(server.parkedPolls).toBe(1);
    expect(ada.state.getSnapshot().connection).toBe('connected');
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(30_000);
    expect(server.openPushes).toBe(1);
  });

  it.each([404, 405, 501, 200])('for a minute when a proxy answers the push with %i', async (status) => {
    server.intercept = ({ operation }) => {
      if (operation === 'openPush') throw new ForeignAnswerError({ operation, status });
    };
    await joinAs(server, 'ada');
    await settle();
    expect(server.parkedPolls).toBe(1);
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(80_000);
    expect(server.openPushes).toBe(1);
  });

  it('for a minute when the server refuses the push', async () => {
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

  it('when a proxy holds back the stream', async () => {
    server.silencePushes();
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    await vi.advanceTimersByTimeAsync(5_000);
    server.append(joined('bob'));
    await settle();
    expect(heard).toEqual(['participant-joined bob']);
    expect(server.openPushes).toBe(0);
  });

  it('for longer and longer when a proxy holds back everything after the greeting', async () => {
    server.intercept = ({ operation }) => {
      if (operation !== 'openPush') return;
      server.silencePushes(false);
      setTimeout(() => server.silencePushes());
    };
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    const waitsS: number[] = [];
    for (let minute = 0; minute < 30; minute += 1) {
      server.append(joined(`guest-${minute}`));
      let waitedS = 0;
      for (; !heard.includes(`participant-joined guest-${minute}`); waitedS += 1) {
        await vi.advanceTimersByTimeAsync(1_000);
      }
      waitsS.push(waitedS);
      await vi.advanceTimersByTimeAsync(60_000 - waitedS * 1_000);
    }
    expect(Math.max(...waitsS)).toBeLessThanOrEqual(21);
    expect(waitsS.filter((waitedS) => waitedS > 1).length).toBeLessThanOrEqual(6);
    expect(heard).not.toContain('connection-changed reconnecting');
    expect(server.callsOf('openPush').length).toBeGreaterThan(3);
  });
});

it('delivers an event outside the history once, also when a snapshot was read in between', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await settle();
  const message = { id: 'm1', type: 'ChatMessageSentEvent' };
  server.sendOutside(message);
  server.append({ type: 'ConferenceRecordingStartedEvent' });
  await settle();
  expect(server.callsOf('getConference')).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(server.openPushes).toBe(1);
  // A server repeats the last ones to a push that starts at a version instead of after a message.
  server.sendOutside(message);
  await settle();
  expect(heard.filter((line) => line === 'server-event UnknownEvent')).toHaveLength(2);
  await ada.leave();
});
