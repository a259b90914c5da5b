import { describe, expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

useFakeConference(() => {});

/** How a server delivers events: Parley's by push or poll, others' by poll without version ids. */
const feeds = ['push', 'poll', 'poll without version ids'] as const;

function startServer(feed: (typeof feeds)[number]): FakeServer {
  const server = new FakeServer();
  server.hasPush = feed === 'push';
  server.identifiesVersions = feed !== 'poll without version ids';
  return server;
}

/** Breaks all connections, as a restarting server does. */
function breakConnections(server: FakeServer): void {
  server.breakPushes();
  server.breakPolls();
}

/** Restarts without data: another conference of the same id, without participants and endpoints. */
function restartEmpty(server: FakeServer): void {
  server.startOver();
  breakConnections(server);
}

function setTopic(server: FakeServer, value: string): void {
  const by = { userId: 'bob', userEndpointId: 'bob-1' };
  server.append({ type: 'ConferenceMetadataUpdatedEvent', ...by, operation: 'SET', key: 'topic', value });
}

describe.each(feeds)('a conference followed by %s', (feed) => {
  it('recovers state, streams and views within seconds after a restart without data', async () => {
    const server = startServer(feed);
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const mine = await ada.publishStream({ camera: true });
    const his = await bob.publishStream({ camera: true });
    for (let count = 0; count < 20; count += 1) setTopic(server, String(count));
    await settle();
    await ada.viewStream(his.id);
    bob.on('stream-published', ({ stream }) => void bob.viewStream(stream.id));
    ada.on('stream-published', ({ stream }) => void ada.viewStream(stream.id));
    await vi.advanceTimersByTimeAsync(12_000);
    const heard = listenTo(ada);
    restartEmpty(server);
    await vi.advanceTimersByTimeAsync(5_000);
    for (const { state } of [ada, bob]) {
      expect(state.getSnapshot().connection).toBe('connected');
      expect(state.getSnapshot().conference).toEqual(server.snapshot());
    }
    const streamIds = server.conference?.participants.flatMap(({ streams }) => streams.map(({ id }) => id));
    expect(streamIds?.toSorted()).toEqual([mine.id, his.id].toSorted());
    expect([...server.views.values()].toSorted()).toEqual([mine.id, his.id].toSorted());
    expect(FakePeerConnection.open.size).toBe(4);
    expect(heard).toEqual(
      expect.arrayContaining(["stream-unpublished bob's CAM", "stream-published bob's CAM"]),
    );
    expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
    await Promise.all([ada.leave(), bob.leave()]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('notices a set-back that the server has caught up with', async () => {
    const server = startServer(feed);
    const ada = await joinAs(server, 'ada');
    setTopic(server, 'old');
    await settle();
    breakConnections(server);
    server.setBack(1);
    setTopic(server, 'new');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ada.state.getSnapshot().conference).toEqual(server.snapshot());
    expect(ada.state.getSnapshot().conference.metadata['topic']?.value).toBe('new');
    await ada.leave();
  });

  it('receives no snapshot after a restart with all data, if the server identifies versions', async () => {
    const server = startServer(feed);
    const ada = await joinAs(server, 'ada');
    setTopic(server, 'kept');
    await settle();
    breakConnections(server);
    await vi.advanceTimersByTimeAsync(5_000);
    setTopic(server, 'next');
    await settle();
    expect(ada.state.getSnapshot().conference).toEqual(server.snapshot());
    expect(server.callsOf('getConference')).toHaveLength(server.identifiesVersions ? 1 : 2);
    await ada.leave();
  });
});

it('opens the push at the state of the new history, not after the last message of the old one', async () => {
  const server = startServer('push');
  const ada = await joinAs(server, 'ada');
  setTopic(server, 'old');
  await settle();
  breakConnections(server);
  server.setBack(1);
  setTopic(server, 'new');
  await vi.advanceTimersByTimeAsync(3_000);
  const { version, versionId } = server.conference ?? {};
  expect(server.callsOf('openPush').at(-1)).toMatchObject({ version, versionId });
  expect(server.openPushes).toBe(1);
  await ada.leave();
});

it('polls again, with a report, when the server refuses every position', async () => {
  const server = startServer('poll');
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  server.hasPosition = () => false;
  setTopic(server, 'new');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.callsOf('getEvents').length).toBeLessThan(60);
  expect(heard.filter((line) => line.startsWith('error'))).toEqual(['error ERR_INVALID_REQUEST']);
  expect(ada.state.getSnapshot().conference).toEqual(server.snapshot());
  await ada.leave();
});
