import { expect, it } from 'vitest';
import { tuneAnswer } from './tune-answer.ts';

const answer = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  '',
].join('\r\n');

it('adds the start bitrate to the video codec only', () => {
  expect(tuneAnswer(answer, { startBitrateBps: 1_000_000 })).toBe(
    answer.replace('VP8/90000\r\n', 'VP8/90000\r\na=fmtp:96 x-google-start-bitrate=1000\r\n'),
  );
});

it.each([
  [true, 'usedtx=1'],
  [false, 'usedtx=0'],
])('sets DTX for Opus (%s), and keeps its other parameters', (dtx, setting) => {
  const tuned = tuneAnswer(answer, { dtx });
  expect(tuned).toBe(answer.replace('useinbandfec=1', `useinbandfec=1;${setting}`));
  expect(tuneAnswer(tuned, { dtx })).toBe(tuned);
});

it.each(['', 'm=video recvonly', 'm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000'])('leaves %j alone', (sdp) => {
  expect(tuneAnswer(sdp, { startBitrateBps: 1000, dtx: true })).toBe(sdp);
});
