import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { PeerLink } from './peer-link.ts';
import { watchDtls } from './watch-dtls.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

beforeEach(() => {
  FakePeerConnection.followsCertificates = false;
});

afterEach(() => {
  FakePeerConnection.followsCertificates = true;
  PeerLink.canRestart = true;
});

/** The last connection made. */
function lastPeer(): FakePeerConnection {
  const peer = [...FakePeerConnection.open].at(-1);
  if (!peer) throw new Error('There is no connection.');
  return peer;
}

/** Applies an answer to a peer whose transports, one for each section, change from `before` to `after`. */
function follows(
  fingerprints: readonly [before: string | undefined, after: string],
  before: readonly RTCDtlsTransportState[],
  after: readonly RTCDtlsTransportState[],
): boolean {
  const [first, second] = fingerprints;
  const transports = before.map((state) => ({ state }));
  const peer = {
    remoteDescription: first === undefined ? null : { sdp: `a=fingerprint:${first}\r\n` },
    getTransceivers: () => transports.map((transport) => ({ sender: { transport } })),
  };
  const dtlsFollows = watchDtls(peer);
  peer.remoteDescription = { sdp: `a=fingerprint:${second}\r\n` };
  for (const [index, state] of after.entries()) Object.assign(transports[index] ?? {}, { state });
  return dtlsFollows();
}

it('a browser that keeps its DTLS association publishes the same stream over a new connection', async () => {
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  const mine = await ada.publishStream({ camera: true, microphone: true });
  const first = lastPeer();
  first.moveTo('connected');
  first.moveTo('failed');
  await settle();
  // ICE finds the new path, but the server cannot decrypt what comes over it.
  first.moveTo('connected');
  await vi.advanceTimersByTimeAsync(1_000);
  const second = lastPeer();
  expect(second).not.toBe(first);
  expect(first.connectionState).toBe('closed');
  expect(second.getSenders().map(({ track }) => track)).toEqual(fakeTracks(mine.mediaStream));
  const calls = server.callsOf('publishStream') as { streamId: string; iceRestart?: boolean }[];
  expect(calls.map(({ streamId, iceRestart = false }) => [streamId, iceRestart])).toEqual([
    [mine.id, false],
    [mine.id, true],
    [mine.id, true],
  ]);
  second.moveTo('connected');
  await vi.advanceTimersByTimeAsync(40_000);
  expect(heard).toEqual([]);
  expect(server.callsOf('publishStream')).toHaveLength(3);

  // Known from now on.
  second.moveTo('failed');
  await settle();
  expect(lastPeer()).not.toBe(second);
  expect(server.callsOf('publishStream')).toHaveLength(4);
  await ada.leave();
});

it('a browser that keeps its DTLS association views the same stream over a new connection', async () => {
  const ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const { id } = await bob.publishStream({ camera: true, microphone: true });
  await settle();
  const view = await ada.viewStream(id);
  const { mediaStream } = view;
  const first = lastPeer();
  first.moveTo('connected');
  first.moveTo('failed');
  await vi.advanceTimersByTimeAsync(1_000);
  const second = lastPeer();
  expect(second).not.toBe(first);
  expect(view.mediaStream).toBe(mediaStream);
  expect(fakeTracks(mediaStream)).toEqual(second.getReceivers().map(({ track }) => track));
  const calls = server.callsOf('viewStream') as { viewerId: string }[];
  expect(new Set(calls.map(({ viewerId }) => viewerId))).toEqual(new Set([view.viewerId]));
  await ada.leave();
  await bob.leave();
});

it('a browser that starts a new DTLS association keeps its connection', async () => {
  FakePeerConnection.followsCertificates = true;
  const ada = await joinAs(server, 'ada');
  await ada.publishStream({ camera: true });
  const peer = lastPeer();
  peer.moveTo('connected');
  peer.moveTo('failed');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(lastPeer()).toBe(peer);
  expect(server.callsOf('publishStream')).toHaveLength(2);
  await ada.leave();
});

describe('whether DTLS follows', () => {
  it.each([
    ['it begins again', true, ['one', 'two'], ['connected', 'connected'], ['connecting', 'connecting']],
    ['it stays', false, ['one', 'two'], ['connected', 'connected'], ['connected', 'connected']],
    ['it stays closed', false, ['one', 'two'], ['closed'], ['closed']],
    [
      'it stays, beside a transport that the bundle does not use',
      false,
      ['one', 'two'],
      ['connected', 'new'],
      ['connected', 'new'],
    ],
    ['the certificate stays the same', true, ['one', 'one'], ['connected'], ['connected']],
    ['this is the first answer', true, [undefined, 'two'], ['new'], ['connecting']],
    ['it never ended its handshake', true, ['one', 'two'], ['connecting'], ['connecting']],
    ['the browser shows no transports', true, ['one', 'two'], [], []],
  ] as const)('when %s: %s', (_case, expected, fingerprints, before, after) => {
    expect(follows(fingerprints, before, after)).toBe(expected);
  });
});
