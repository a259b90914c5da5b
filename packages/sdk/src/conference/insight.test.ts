import { afterEach, expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { recordedStats } from '../testing/recorded-stats.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { Conference } from './conference.ts';

let server: FakeServer;
let ada: Conference;
let streamId: string;

useFakeConference(async (fakes) => {
  ({ server } = fakes);
  ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  ({ id: streamId } = await bob.publishStream({ camera: true }));
  FakePeerConnection.open.clear();
  await settle();
});

afterEach(async () => {
  await ada.leave();
});

function onlyPeer(): FakePeerConnection {
  const [peer, ...others] = FakePeerConnection.open;
  if (!peer || others.length > 0) throw new Error('There is not exactly one connection.');
  return peer;
}

/** Connects every peer, without any incoming media. */
function connectAll(): void {
  const [report] = recordedStats('view');
  for (const peer of FakePeerConnection.open) {
    peer.stats = report;
    peer.moveTo('connected');
  }
}

/** Returns a function that reads the last announced causes of the stream's quality. */
function followCauses(): () => readonly string[] | undefined {
  let causes: readonly string[] | undefined;
  ada.on('quality-changed', ({ quality }) => void (causes = quality.causes.map(({ code }) => code)));
  return () => causes;
}

it('reports an invisible view as paused, without lowering its score', async () => {
  const causes = followCauses();
  await ada.setMetadata(`TRACK_MUTED/audio/${streamId}`, 'true');
  await ada.viewStream(streamId);
  connectAll();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(causes()).toEqual(['element-hidden']);
  expect(ada.quality(streamId)).toMatchObject({ level: 'excellent' });
});

it('reports blocked playback as the first cause', async () => {
  const causes = followCauses();
  const element = Object.assign(new EventTarget(), {
    srcObject: null,
    play: () => Promise.reject(new DOMException('no', 'NotAllowedError')),
  }) as unknown as HTMLVideoElement;
  await ada.viewStream(streamId, { element });
  connectAll();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(causes()?.[0]).toBe('autoplay-blocked');
});

it('forgets the quality of a stream that is closed', async () => {
  followCauses();
  const view = await ada.viewStream(streamId, { adaptive: false });
  const other = await ada.viewStream(streamId, { adaptive: false });
  connectAll();
  await vi.advanceTimersByTimeAsync(4_000);
  await other.stop();
  expect(ada.quality(streamId)).toBeDefined();
  await view.stop();
  expect(ada.quality(streamId)).toBeUndefined();
});

it('forgets the quality of a published stream under the id that it had before it was restored', async () => {
  followCauses();
  const mine = await ada.publishStream({ camera: true });
  const formerId = mine.id;
  connectAll();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(ada.quality(formerId)).toBeDefined();
  server.loseMedia();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(mine.id).not.toBe(formerId);
  expect(ada.quality(formerId)).toBeUndefined();
});

it('shares one measurement for statistics and quality, until neither has a listener', async () => {
  await ada.viewStream(streamId, { adaptive: false });
  connectAll();
  const measure = vi.spyOn(onlyPeer(), 'getStats');
  const stats: unknown[] = [];
  const offStats = ada.on('stats-updated', ({ direction, stats: { media } }) => {
    stats.push([direction, ...media.map(({ kind }) => kind)]);
  });
  const offQuality = ada.on('quality-changed', () => {});
  await vi.advanceTimersByTimeAsync(2_000);
  expect(stats).toEqual([['view', 'audio', 'video']]);
  expect(measure).toHaveBeenCalledTimes(2);
  offStats();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(measure).toHaveBeenCalledTimes(3);
  offQuality();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(measure).toHaveBeenCalledTimes(3);
  expect(stats).toHaveLength(1);
});

it('shares one measurement for levels and speakers', async () => {
  const { id } = await ada.publishStream({ microphone: true });
  connectAll();
  const [sender] = onlyPeer().getSenders();
  const getStats = vi.fn<() => Promise<unknown>>(
    async () => new Map([['a', { type: 'media-source', audioLevel: 0.5 }]]),
  );
  Object.assign(sender ?? {}, { getStats });
  const levels: unknown[] = [];
  const speakers: string[] = [];
  ada.on('audio-levels-updated', (payload) => void levels.push(payload.levels));
  ada.on('active-speakers-changed', (payload) => {
    speakers.push(payload.speakers.map(({ participant }) => participant.userId).join());
  });
  await settle();
  expect([levels, speakers]).toEqual([[{ [id]: 0.5 }], ['ada']]);
  expect(getStats).toHaveBeenCalledOnce();
});
