import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { timeView, type ViewMarks } from './view-timer.ts';

const marks: ViewMarks = { startedMs: 100, offeredMs: 110, answeredMs: 140, appliedMs: 145 };
let peer: FakePeerConnection;
let nowMs: number;

beforeEach(() => {
  peer = new FakePeerConnection();
  nowMs = 150;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => {
  vi.restoreAllMocks();
  FakePeerConnection.open.clear();
});

const start = () => timeView(peer as unknown as RTCPeerConnection, marks);

it.each(['connected', 'completed'] as const)('times each step; ICE ends when it is %s', (found) => {
  const timer = start();
  nowMs = 165;
  peer.moveIceTo(found);
  nowMs = 185;
  peer.moveTo('connected');
  nowMs = 245;
  peer.moveIceTo(found);
  peer.moveTo('connected');
  expect(timer.finish()).toEqual({
    offerMs: 10,
    requestMs: 30,
    answerMs: 5,
    iceMs: 20,
    dtlsMs: 20,
    frameMs: 60,
    totalMs: 145,
  });
});

it('counts a state that was reached before as reached at its start', () => {
  peer.moveIceTo('connected');
  peer.moveTo('connected');
  const timer = start();
  nowMs = 200;
  expect(timer.finish()).toMatchObject({ iceMs: 5, dtlsMs: 0, frameMs: 50 });
});

it('never counts time twice when ICE is noticed after DTLS', () => {
  const timer = start();
  nowMs = 170;
  peer.moveTo('connected');
  nowMs = 180;
  peer.moveIceTo('connected');
  nowMs = 200;
  expect(timer.finish()).toMatchObject({ iceMs: 25, dtlsMs: 0, frameMs: 30, totalMs: 100 });
});

it('counts the steps that it did not see as part of ICE', () => {
  const timer = start();
  nowMs = 200;
  expect(timer.finish()).toMatchObject({ iceMs: 55, dtlsMs: 0, frameMs: 0, totalMs: 100 });
});

it.each(['stop', 'finish'] as const)('leaves no listener at the connection after %s', (end) => {
  const added = vi.spyOn(peer, 'addEventListener');
  const removed = vi.spyOn(peer, 'removeEventListener');
  start()[end]();
  expect(removed.mock.calls).toEqual(added.mock.calls);
  expect(added).toHaveBeenCalledTimes(2);
});
