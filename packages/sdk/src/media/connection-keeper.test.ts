import { describe, expect, test, vi } from 'vitest';
import type { Conference } from '../conference/conference.ts';
import type { FakePage } from '../testing/fake-browser.ts';
import { FakePeerConnection } from '../testing/fake-peer-connection.ts';
import { broken, type FakeServer } from '../testing/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

async function connected(start: (conference: Conference) => Promise<unknown>) {
  const ada = await joinAs(server, 'ada');
  await start(ada);
  await settle();
  const peer = [...FakePeerConnection.open].at(-1);
  if (!peer) throw new Error('There is no connection.');
  peer.moveTo('connected');
  return { ada, peer, heard: listenTo(ada) };
}

const publishing = () => connected((conference) => conference.publishStream({ camera: true }));

describe('a connection that is lost', () => {
  test.each([
    ['disconnected', 1_000],
    ['failed', 0],
  ] as const)('and %s gets a new path after %i ms, under the same id', async (state, afterMs) => {
    const { ada, peer, heard } = await publishing();
    peer.moveTo(state);
    if (afterMs > 0) {
      await vi.advanceTimersByTimeAsync(afterMs - 1);
      expect(peer.restarts).toBe(0);
    }
    await vi.advanceTimersByTimeAsync(afterMs > 0 ? 1 : 0);
    expect(peer.restarts).toBe(1);
    const [first, again] = server.callsOf('publishStream') as { streamId: string; iceRestart?: boolean }[];
    expect(first?.iceRestart).toBeUndefined();
    expect(again).toMatchObject({ streamId: first?.streamId, iceRestart: true });
    peer.moveTo('connected');
    await vi.advanceTimersByTimeAsync(9_000);
    expect(heard).toEqual([]);
    expect(peer.restarts).toBe(1);
    await ada.leave();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('and comes back by itself is left alone', async () => {
    const { peer } = await publishing();
    peer.moveTo('disconnected');
    await vi.advanceTimersByTimeAsync(999);
    peer.moveTo('connected');
    await vi.advanceTimersByTimeAsync(9_000);
    expect(peer.restarts).toBe(0);
  });

  test('is looked after at once when the network is back', async () => {
    const { peer } = await publishing();
    peer.moveTo('disconnected');
    page.fire('online');
    await settle();
    expect(peer.restarts).toBe(1);
  });

  test('is viewed again by the same view', async () => {
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ camera: true });
    const { peer, heard } = await connected((ada) => ada.viewStream(id));
    peer.moveTo('failed');
    await settle();
    const [first, again] = server.callsOf('viewStream') as { viewerId: string }[];
    expect(again?.viewerId).toBe(first?.viewerId);
    expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  test('holds the candidates of the new path until its answer is applied', async () => {
    const { peer } = await publishing();
    let answer: (() => void) | undefined;
    server.intercept = ({ operation }) =>
      operation === 'publishStream' ? new Promise((resolve) => (answer = resolve)) : undefined;
    peer.moveTo('failed');
    await settle();
    peer.findCandidate('candidate:new');
    await settle();
    expect(server.callsOf('addPublishStreamIceCandidates')).toEqual([]);
    answer?.();
    await settle();
    expect(server.callsOf('addPublishStreamIceCandidates')).toMatchObject([
      { iceCandidates: [{ candidate: 'candidate:new' }] },
    ]);
  });

  test('and finds no new path is tried again for 30 seconds, and given up then', async () => {
    const { peer, heard } = await publishing();
    peer.moveTo('failed');
    await vi.advanceTimersByTimeAsync(25_000);
    expect(heard).toEqual([]);
    expect(peer.restarts).toBeGreaterThan(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
    expect(peer.connectionState).toBe('closed');
  });

  test('is tried again for two minutes while the server does not answer, and given up then', async () => {
    const { peer, heard } = await publishing();
    server.intercept = ({ operation }) => {
      if (operation === 'publishStream') throw broken(operation);
    };
    peer.moveTo('failed');
    await vi.advanceTimersByTimeAsync(115_000);
    expect(heard).toEqual([]);
    expect(peer.restarts).toBeGreaterThan(20);
    expect(peer.restarts).toBeLessThan(200);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
    expect(peer.connectionState).toBe('closed');
  });

  test('is not given up while there is no network, however long, and back once there is one', async () => {
    const { ada, peer, heard } = await publishing();
    page.setOnline(false);
    peer.moveTo('failed');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(peer.restarts).toBe(0);
    page.setOnline(true);
    await settle();
    expect(peer.restarts).toBe(1);
    peer.moveTo('connected');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
    await ada.leave();
    expect(vi.getTimerCount()).toBe(0);
    expect(page.listenerCount).toBe(0);
  });

  test('is given up at once by a server that does not know the restart', async () => {
    server.restartsIce = false;
    const { peer, heard } = await publishing();
    peer.moveTo('failed');
    await settle();
    expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
    expect(server.conference?.participants[0]?.streams).toEqual([]);
  });

  test('is published anew by a server that has forgotten it', async () => {
    const { ada, peer, heard } = await publishing();
    server.distort = () => [];
    server.loseMedia();
    peer.moveTo('failed');
    await settle();
    expect(heard).toContain('stream-restored CAM');
    expect(server.conference?.participants[0]?.streams).toHaveLength(1);
    server.distort = (events) => events;
    await ada.leave();
  });
});

test('a connection that never was is given up at once', async () => {
  const ada = await joinAs(server, 'ada');
  await ada.publishStream({ camera: true });
  const heard = listenTo(ada);
  const [peer] = FakePeerConnection.open;
  peer?.moveTo('failed');
  await settle();
  expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
  expect(peer?.restarts).toBe(0);
});

describe('a connection whose browser has no candidate, as with relays alone and none within reach,', () => {
  test('is given up at once, since the browser would wait for ever', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.publishStream({ camera: true });
    const heard = listenTo(ada);
    const [peer] = FakePeerConnection.open;
    peer?.endGathering();
    await settle();
    expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
    expect(peer?.connectionState).toBe('closed');
  });

  test('is given up once it is open, when the browser says so before the answer', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    server.intercept = ({ operation }) => {
      if (operation === 'publishStream') for (const peer of FakePeerConnection.open) peer.endGathering();
    };
    const { id } = await ada.publishStream({ camera: true });
    expect(id).toBeDefined();
    await settle();
    expect(heard).toContain('error ERR_MEDIA_CONNECTION');
    expect(FakePeerConnection.open.size).toBe(0);
  });

  test('is another matter than one with a candidate, which may yet be connected', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.publishStream({ camera: true });
    const heard = listenTo(ada);
    const [peer] = FakePeerConnection.open;
    peer?.findCandidate('candidate:1');
    peer?.endGathering();
    await settle();
    expect(heard).toEqual([]);
  });
});

describe('a connection over which keys were never agreed on', () => {
  test('gets a new path when the one it had is silent, since paths can be found', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.publishStream({ camera: true });
    const heard = listenTo(ada);
    const [peer] = FakePeerConnection.open;
    peer?.moveTo('disconnected');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(peer?.restarts).toBe(1);
    expect(heard).toEqual([]);
  });

  test('is viewed anew at once when the server says that it has lost the view', async () => {
    const [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
    const { id } = await ada.publishStream({ camera: true });
    await settle();
    const view = await bob.viewStream(id);
    const heard = listenTo(bob);
    await settle();
    heard.length = 0;
    server.views.delete(view.viewerId);
    [...FakePeerConnection.open].at(-1)?.findCandidate('candidate:1');
    await settle();
    expect(server.callsOf('viewStream')).toHaveLength(2);
    expect(server.views.has(view.viewerId)).toBe(true);
    expect(heard).toEqual([]);
  });

  test('is published anew at once when the server says that it has lost the stream', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    const { id } = mine;
    const heard = listenTo(ada);
    server.distort = () => [];
    server.loseMedia();
    [...FakePeerConnection.open].at(-1)?.findCandidate('candidate:1');
    await settle();
    expect(heard).toEqual(['stream-restored CAM']);
    expect(mine.id).not.toBe(id);
    expect(server.conference?.participants[0]?.streams).toHaveLength(1);
    server.distort = (events) => events;
  });
});
