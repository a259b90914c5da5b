import { expect, it } from 'vitest';
import { countSteps } from '../../testing/count-steps.ts';
import { MediaError } from '../media-router.ts';
import recordings from '../testing/recordings.json' with { type: 'json' };
import { acceptPublish } from './accept-publish.ts';
import { acceptView } from './accept-view.ts';
import { parseOffer } from './parse-offer.ts';
import { writeAnswer } from './write-answer.ts';

const { publishOffer, viewOffer } = recordings.chromium;
const transport = {
  iceUfrag: 'ufrag',
  icePwd: 'p'.repeat(22),
  fingerprint: { algorithm: 'sha-256', value: 'AB:CD' },
  candidates: [{ foundation: '1', priority: 1, address: '192.0.2.1', port: 40_000 }],
};
const published = acceptPublish(parseOffer(publishOffer), 'MIC_AND_CAM');

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const lines = (count: number, line: (index: number) => string) => numbers(count).map(line);
const types = (count: number) => numbers(count).join(' ');

/** What a section holds, by what an attacker multiplies in it. */
const hostile: Readonly<Record<string, (count: number) => readonly string[]>> = {
  'payload types and feedback for all of them': (count) => [
    ...lines(count, (type) => `a=rtpmap:${type} VP8/90000`),
    ...lines(count, () => 'a=rtcp-fb:* nack'),
    ...lines(count, (index) => `a=rtcp-fb:* x${index}`),
  ],
  'payload types and parameters': (count) => [
    ...lines(count, (type) => `a=rtpmap:${type} VP8/90000`),
    ...lines(count, (type) => `a=fmtp:${count - type} x=${type}`),
  ],
  'one payload type many times': (count) => [
    ...lines(count, () => 'a=rtpmap:96 VP8/90000'),
    ...lines(count, () => 'a=fmtp:96 apt=96;x=1'),
    ...lines(count, () => 'a=rtcp-fb:96 nack pli'),
  ],
  'redundant audio around many codecs': (count) => [
    ...lines(count, (type) => `a=rtpmap:${type} ${type % 2 ? 'opus' : 'red'}/48000/2`),
    ...lines(count, (type) => `a=fmtp:${type} ${lines(50, () => String(type + 1)).join('/')}`),
  ],
  layers: (count) => [
    ...lines(count, (index) => `a=rid:r${index} send`),
    `a=simulcast:send ${lines(count, (index) => `r${count - index}`).join(';')}`,
  ],
  'header extensions': (count) => lines(count, (index) => `a=extmap:${index} urn:x${index}`),
  candidates: (count) =>
    lines(count, (index) => `a=candidate:${index} 1 udp 1 192.0.2.1 ${index + 1} typ host`),
  'sources and their groups': (count) => [
    ...lines(count, (index) => `a=ssrc:${index} cname:c`),
    ...lines(count, (index) => `a=ssrc-group:FID ${index} ${index + 1}`),
    ...lines(count, (index) => `a=msid:m${index} t${index}`),
  ],
  'unknown attributes': (count) => lines(count, (index) => `a=x-unknown-${index}`),
};

/** Parses an offer, accepts it as both sides do, and answers it. */
function answerAll(sdp: string): void {
  const offer = parseOffer(sdp);
  const accepts = [() => acceptPublish(offer, 'MIC_AND_CAM'), () => acceptView(offer, published)];
  for (const accept of accepts) {
    try {
      writeAnswer(offer, accept(), transport, []);
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
    }
  }
}

/** The offer with `body` in its last section, which lists `count` payload types. */
function withBody(offer: string, body: readonly string[], count: number): string {
  return (
    offer.replaceAll(/^(m=\w+ \d+ [\w/]+) .*$/gm, `$1 ${types(count)}`) +
    body.map((line) => `${line}\r\n`).join('')
  );
}

function stepsFor(sdp: string): number {
  return countSteps(() => {
    answerAll(sdp);
  });
}

/** Twice the input must not take more than about twice the steps; a product of two lists takes four times as many. */
function expectLinear(sdpOf: (count: number) => string): void {
  const count = 400;
  const [once, twice] = [stepsFor(sdpOf(count)), stepsFor(sdpOf(2 * count))];
  expect(once).toBeGreaterThan(count);
  expect(twice / once).toBeLessThan(2.5);
}

it.each(Object.entries(hostile))('reads %s in linear time', (_what, body) => {
  for (const offer of [publishOffer, viewOffer]) {
    expectLinear((count) => withBody(offer, body(count), count));
  }
});

it('reads sections, their ids and groups in linear time', () => {
  const [session = ''] = publishOffer.split('m=');
  const section = publishOffer.slice(publishOffer.lastIndexOf('m='));
  expectLinear((count) =>
    [
      session.replace(/a=group:.*/, `a=group:BUNDLE ${lines(count, (mid) => `x${mid}`).join(' ')}`),
      ...lines(count / 20, (index) => section.replace(/a=mid:.*/, `a=mid:m${index}`)),
    ].join(''),
  );
});
