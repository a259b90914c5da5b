import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

afterEach(() => {
  vi.restoreAllMocks();
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

describe('a lost connection', () => {
  it.each([
    ['disconnected', 1_000],
    ['failed', 0],
  ] as const)('that is %s gets a new path after %i ms, under the same id', async (state, afterMs) => {
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

  it.each(['disconnected', 'failed'] as const)(
    'that is %s is forgotten once its stream closes',
    async (state) => {
      const { ada, peer, heard } = await publishing();
      const stream = ada.state.getSnapshot().conference.participants[0]?.streams[0];
      const microphone = await ada.publishStream({ microphone: true });
      const other = [...FakePeerConnection.open].at(-1);
      other?.moveTo('connected');
      other?.moveTo(state);
      await settle();
      await microphone.unpublish();
      await vi.advanceTimersByTimeAsync(200_000);
      expect(other?.restarts).toBe(state === 'failed' ? 1 : 0);
      expect(peer.restarts).toBe(0);
      expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
      expect(ada.state.getSnapshot().conference.participants[0]?.streams).toEqual([stream]);
    },
  );

  it('that recovers unaided is left alone', async () => {
    const { peer } = await publishing();
    peer.moveTo('disconnected');
    await vi.advanceTimersByTimeAsync(999);
    peer.moveTo('connected');
    await vi.advanceTimersByTimeAsync(9_000);
    expect(peer.restarts).toBe(0);
  });

  it('restarts immediately when the network is back', async () => {
    const { peer } = await publishing();
    peer.moveTo('disconnected');
    page.fire('online');
    await settle();
    expect(peer.restarts).toBe(1);
  });

  it('is not given up because the machine slept while it was being restored', async () => {
    // The longest pauses, because each attempt that the machine sleeps through spends a part of the budget.
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { ada, peer, heard } = await publishing();
    peer.moveTo('failed');
    await settle();
    expect(peer.restarts).toBe(1);
    vi.setSystemTime(Date.now() + 600_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(peer.restarts).toBeGreaterThan(1);
    server.intercept = ({ operation }) => {
      if (operation !== 'publishStream') return;
      vi.setSystemTime(Date.now() + 600_000);
      throw broken(operation);
    };
    await vi.advanceTimersByTimeAsync(7_000);
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(7_000);
    peer.moveTo('connected');
    expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
    expect(peer.connectionState).toBe('connected');
    await ada.leave();
  });

  it('is viewed again by the same view', async () => {
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ camera: true });
    const { peer, heard } = await connected((ada) => ada.viewStream(id));
    peer.moveTo('failed');
    await settle();
    const [first, again] = server.callsOf('viewStream') as { viewerId: string }[];
    expect(again?.viewerId).toBe(first?.viewerId);
    expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('holds the candidates of the new path until its answer is applied', async () => {
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

  it('waits for a new path, although gathering ends while the old one is still disconnected', async () => {
    const { peer } = await publishing();
    peer.moveTo('disconnected');
    await vi.advanceTimersByTimeAsync(1_000);
    peer.findCandidate('candidate:new');
    peer.endGathering();
    await vi.advanceTimersByTimeAsync(5_900);
    expect(peer.restarts).toBe(1);
  });

  it('retries for 30 seconds when it finds no new path, then closes', async () => {
    const { peer, heard } = await publishing();
    peer.moveTo('failed');
    await vi.advanceTimersByTimeAsync(25_000);
    expect(heard).toEqual([]);
    expect(peer.restarts).toBeGreaterThan(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
    expect(peer.connectionState).toBe('closed');
  });

  it('retries for two minutes while the server does not answer, then closes', async () => {
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

  it('waits without limit for a network, then restarts', async () => {
    const { ada, peer, heard } = await publishing();
    page.setOnline(false);
    server.intercept = ({ operation }) => {
      throw broken(operation);
    };
    peer.moveTo('failed');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(peer.restarts).toBe(0);
    server.intercept = () => {};
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

  it('closes immediately when the server does not support ICE restarts', async () => {
    server.restartsIce = false;
    const { peer, heard } = await publishing();
    peer.moveTo('failed');
    await settle();
    expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
    expect(server.conference?.participants[0]?.streams).toEqual([]);
  });

  it('is published again when the server has forgotten the stream', async () => {
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

it('restores a stream whose first handshake failed over a path that was there', async () => {
  const ada = await joinAs(server, 'ada');
  const stream = await ada.publishStream({ camera: true });
  await settle();
  const heard = listenTo(ada);
  const [peer] = FakePeerConnection.open;
  // The server has given the stream up, because it noticed first.
  server.unpublish({ userId: 'ada', userEndpointId: ada.endpointId }, stream.id, stream.type);
  if (peer) peer.iceConnectionState = 'connected';
  peer?.moveTo('failed');
  await settle();
  await vi.advanceTimersByTimeAsync(5_000);
  [...FakePeerConnection.open].at(-1)?.moveTo('connected');
  await settle();
  expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(heard.filter((line) => line.startsWith('stream-restored'))).toHaveLength(1);
  expect(server.conference?.participants[0]?.streams).toHaveLength(1);
});

it('closes a connection that never found a path, without a restart', async () => {
  const ada = await joinAs(server, 'ada');
  await ada.publishStream({ camera: true });
  const heard = listenTo(ada);
  const [peer] = FakePeerConnection.open;
  peer?.moveTo('failed');
  await settle();
  expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
  expect(peer?.restarts).toBe(0);
});

describe('a connection without a local candidate, for example with relays only and none reachable', () => {
  it('closes immediately, because the browser would wait forever', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.publishStream({ camera: true });
    const heard = listenTo(ada);
    const [peer] = FakePeerConnection.open;
    peer?.endGathering();
    await settle();
    expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
    expect(peer?.connectionState).toBe('closed');
  });

  it('closes after it has opened when gathering ends before the answer', async () => {
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

  it('stays open when gathering found a candidate, because it may still connect', async () => {
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

describe('a connection that never completed its DTLS handshake', () => {
  it('gets a new path when the path it had falls silent', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.publishStream({ camera: true });
    const heard = listenTo(ada);
    const [peer] = FakePeerConnection.open;
    peer?.moveTo('disconnected');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(peer?.restarts).toBe(1);
    expect(heard).toEqual([]);
  });

  it('is viewed again immediately when the server reports that it lost the view', async () => {
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

  it('is published again immediately when the server reports that it lost the stream', async () => {
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

it('is not given up because the machine slept while it was restarted', async () => {
  const { ada, peer, heard } = await publishing();
  server.intercept = ({ operation }) => {
    if (operation === 'publishStream') throw broken(operation);
  };
  peer.moveTo('failed');
  await vi.advanceTimersByTimeAsync(2_000);
  // Timers stand still while the lid is closed, the clock does not.
  vi.setSystemTime(Date.now() + 3_600_000);
  await vi.advanceTimersByTimeAsync(2_000);
  server.intercept = () => {};
  await vi.advanceTimersByTimeAsync(5_000);
  peer.moveTo('connected');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(FakePeerConnection.open.has(peer)).toBe(true);
  await ada.leave();
});
