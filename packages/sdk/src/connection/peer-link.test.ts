import { expect, it, vi } from 'vitest';
import type { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { answerTo } from '../../../testing/src/fake-sdp.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { PeerLink } from './peer-link.ts';

const sendCandidates = vi.fn<(candidates: readonly RTCIceCandidateInit[]) => void>();
const onStateChange = vi.fn<() => void>();
const configuration = { iceServers: [{ urls: ['stun:stun.example.com'] }] };
let link: PeerLink;
let peer: FakePeerConnection;

function connect(): void {
  link = new PeerLink({ iceConfiguration: async () => configuration, sendCandidates, onStateChange });
  peer = link.peer as unknown as FakePeerConnection;
}

async function negotiate(): Promise<void> {
  await link.applyAnswer(answerTo(await link.createOffer()));
}

useFakeConference(() => {
  sendCandidates.mockReset();
  onStateChange.mockReset();
  connect();
});

it('needs a browser with WebRTC', () => {
  vi.stubGlobal('RTCPeerConnection', undefined);
  expect(connect).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED_BROWSER' }));
});

it('is new until it has media', () => {
  expect(link.isNew).toBe(true);
  link.peer.addTransceiver('audio', { direction: 'sendonly' });
  expect(link.isNew).toBe(false);
});

it('offers with the ICE servers of that moment, and requests a new path once it was answered', async () => {
  link.peer.addTransceiver('audio', { direction: 'sendonly' });
  expect(await link.createOffer()).toBe('m=audio sendonly');
  expect(peer.configuration).toBe(configuration);
  expect(peer.restarts).toBe(0);
  await negotiate();
  expect(peer.restarts).toBe(0);
  await link.createOffer();
  expect(peer.restarts).toBe(1);
});

it('names the ICE servers as the reason when the browser refuses them', async () => {
  peer.setConfiguration = () => {
    throw new DOMException('bad URL', 'SyntaxError');
  };
  await expect(link.createOffer()).rejects.toMatchObject({
    code: 'ERR_INVALID_OPTIONS',
    cause: { name: 'SyntaxError' },
  });
});

it.each([
  ['is missing', undefined],
  ['does not fit the offer', 'm=audio recvonly\nm=video recvonly'],
])('fails when the answer %s', async (_how, answer) => {
  link.peer.addTransceiver('audio', { direction: 'sendonly' });
  await link.createOffer();
  await expect(link.applyAnswer(answer)).rejects.toMatchObject({ code: 'ERR_NEGOTIATION' });
});

it('sends candidates, with only the fields that the API accepts, once the answer is applied', async () => {
  await link.createOffer();
  peer.onicecandidate?.({
    candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'user' },
  });
  expect(sendCandidates).not.toHaveBeenCalled();
  await link.applyAnswer('');
  expect(sendCandidates.mock.calls).toEqual([
    [[{ candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }]],
  ]);
});

it.each(['silence', 'disconnect'] as const)('sends no candidates after %s', async (end) => {
  await negotiate();
  link[end]();
  peer.findCandidate('candidate:1');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sendCandidates).not.toHaveBeenCalled();
  expect(peer.connectionState).toBe(end === 'disconnect' ? 'closed' : 'new');
});

it('sends no media once it is silent, even if the browser refuses for a closed connection', async () => {
  link.peer.addTransceiver('audio', { direction: 'sendonly' });
  const [sender] = peer.getSenders();
  if (!sender) throw new Error('There is no sender.');
  const replaceTrack = vi.spyOn(sender, 'replaceTrack').mockRejectedValue(new DOMException('closed'));
  link.silence();
  await vi.advanceTimersByTimeAsync(0);
  expect(replaceTrack.mock.calls).toEqual([[null]]);
});

it('reports each change of the connection, and the end of candidates after the answer', async () => {
  peer.moveTo('connecting');
  expect(onStateChange).toHaveBeenCalledTimes(1);
  peer.endGathering();
  expect(onStateChange).toHaveBeenCalledTimes(1);
  await negotiate();
  peer.endGathering();
  expect(onStateChange).toHaveBeenCalledTimes(2);
  peer.findCandidate('candidate:1');
  expect(onStateChange).toHaveBeenCalledTimes(2);
});

it('counts as failed when gathering ends without a candidate, and only then', () => {
  expect(link.state).toBe('new');
  peer.iceGatheringState = 'gathering';
  expect(link.state).toBe('new');
  peer.iceGatheringState = 'complete';
  expect(link.state).toBe('failed');
  peer.findCandidate('');
  expect(link.state).toBe('failed');
  peer.findCandidate('candidate:1');
  expect(link.state).toBe('new');
});
