import { expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { Call, FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { ConferenceEvents } from '../announcing/conference-events.ts';
import { joinAs } from '../testing/join-as.ts';
import { recordedStats } from '../testing/recorded-stats.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { pause } from '../waiting/pause.ts';
import type { Conference } from './conference.ts';
import { joinConference } from './join-conference.ts';
import { TokenWatch } from './token-watch.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Delays every response of the server by a number of milliseconds. */
function slowDown(delaysMs: Partial<Record<Call['operation'], number>>): void {
  const { signal } = new AbortController();
  server.intercept = async ({ operation }) => {
    const delayMs = delaysMs[operation];
    if (delayMs !== undefined) await pause(delayMs, signal);
  };
}

it('announces the steps of joining once to each listener, however late it is added', async () => {
  slowDown({ getIceServers: 500, registerUserEndpoint: 100, join: 50, getConference: 20 });
  const joining = joinAs(server, 'ada');
  await pass(500);
  const ada = await joining;
  const heard: ConferenceEvents['join-timed'][] = [];
  ada.on('join-timed', (timing) => void heard.push(timing));
  await pass(10_000);
  ada.on('join-timed', (timing) => void heard.push(timing));
  await pass(0);
  const timing = { tokenMs: 0, endpointMs: 100, joinMs: 50, stateMs: 20, restMs: 330, totalMs: 500 };
  expect(heard).toEqual([timing, timing]);
  await ada.leave();
});

it('separates the time for the token from the time for the server', async () => {
  const access = new TokenWatch();
  server.intercept = async ({ operation }) => {
    if (operation !== 'registerUserEndpoint') return;
    await pause(70, new AbortController().signal);
    access.onToken({ claims: {}, tookMs: 70 });
    await pause(30, new AbortController().signal);
    access.onToken({ claims: {}, tookMs: 9 });
  };
  const joining = joinConference(server.api('ada'), { conferenceId: 'room', access });
  await pass(100);
  const session = await joining;
  const heard: unknown[] = [];
  session.announcer.on('join-timed', (timing) => void heard.push(timing));
  await pass(0);
  expect(heard).toMatchObject([{ tokenMs: 70, endpointMs: 30, totalMs: 100 }]);
  await session.leave({});
});

/** Makes Ada view Bob's camera through a server that takes 80 ms, and returns the timing. */
async function viewing(): Promise<{
  readonly ada: Conference;
  readonly peer: FakePeerConnection;
  readonly heard: readonly ConferenceEvents['view-timed'][];
  readonly elapsedMs: () => Promise<number>;
}> {
  const ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const { id } = await bob.publishStream({ camera: true });
  await pass(0);
  FakePeerConnection.open.clear();
  const heard: ConferenceEvents['view-timed'][] = [];
  ada.on('view-timed', (timing) => void heard.push(timing));
  slowDown({ viewStream: 80 });
  const started = ada.viewStream(id, { adaptive: false });
  await pass(80);
  const { firstFrame } = await started;
  const [peer] = FakePeerConnection.open;
  if (!peer) throw new Error('There is no connection.');
  const receivers = peer.getTransceivers().map(({ receiver }) => receiver);
  for (const receiver of receivers) Object.assign(receiver, { getStats: () => peer.getStats() });
  return { ada, peer, heard, elapsedMs: async () => (await firstFrame).elapsedMs };
}

it('measures consecutive steps to the first frame of a view, which add up', async () => {
  const { ada, peer, heard, elapsedMs } = await viewing();
  await pass(20);
  peer.moveIceTo('connected');
  await pass(15);
  peer.moveTo('connected');
  await pass(200);
  expect(heard).toEqual([]);
  peer.stats = recordedStats('view')[0];
  await pass(500);
  const [timing] = heard;
  expect(heard).toEqual([
    {
      streamId: expect.any(String),
      viewerId: expect.any(String),
      kind: 'video',
      offerMs: 0,
      requestMs: 80,
      answerMs: 0,
      iceMs: 20,
      dtlsMs: 15,
      frameMs: (timing?.totalMs ?? 0) - 115,
      totalMs: await elapsedMs(),
    },
  ]);
  expect(timing?.totalMs).toBeGreaterThanOrEqual(315);
  await ada.leave();
});

it('does not time a view that closes before its first frame', async () => {
  const { ada, peer, heard } = await viewing();
  await ada.leave();
  peer.moveTo('connected');
  peer.stats = recordedStats('view')[0];
  await pass(1_000);
  expect(heard).toEqual([]);
});
