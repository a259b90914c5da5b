import { parse } from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
import { MediaError } from '../media-router.ts';
import recordings from '../testing/recordings.json' with { type: 'json' };
import { acceptPublish } from './accept-publish.ts';
import { acceptView } from './accept-view.ts';
import { parseOffer } from './parse-offer.ts';
import { startBitrateFor, writeAnswer } from './write-answer.ts';

const { chromium, firefox } = recordings;
const transport = {
  iceUfrag: 'ufrag',
  icePwd: 'p'.repeat(22),
  fingerprint: { algorithm: 'sha-256', value: 'AB:CD' },
  candidates: [
    { foundation: '1', priority: 10, address: '203.0.113.5', port: 4_000 },
    { foundation: '2', priority: 20, address: 'fd00::2', port: 4_000 },
  ],
};

function errorOf(action: () => unknown): MediaError {
  try {
    action();
  } catch (error) {
    if (error instanceof MediaError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

function published(offer: string): readonly AcceptedMedia[] {
  return acceptPublish(parseOffer(offer), 'MIC_AND_CAM');
}

describe('publishing', () => {
  it.each([
    ['says in the session that a transport only answers checks', true, ['ice-lite']],
    ['does not say so of one that checks itself', undefined, []],
  ] as const)('%s', (_case, isIceLite, expected) => {
    const offer = parseOffer(chromium.publishOffer);
    const lite = { ...transport, ...(isIceLite && { isIceLite }) };
    const answer = writeAnswer(offer, acceptPublish(offer, 'MIC_AND_CAM'), lite, []);
    const [session = ''] = answer.split('m=');
    expect(session.match(/ice-lite/g) ?? []).toEqual(expected);
    expect(answer.match(/ice-lite/g) ?? []).toHaveLength(expected.length);
  });

  it.each([
    ['without a cap', 0, 1_000],
    ['with one', 500_000, 450],
    ['with one that is far away', 5_000_000, 1_000],
  ])('tells the video encoder where to begin, %s', (_case, videoBitrateBps, startKbps) => {
    const offer = parseOffer(chromium.publishOffer);
    const media = acceptPublish(offer, 'MIC_AND_CAM');
    const answer = writeAnswer(offer, media, transport, [], startBitrateFor(videoBitrateBps));
    const [audio, video] = parse(answer).media;
    expect(video?.fmtp).toContainEqual({ payload: 96, config: `x-google-start-bitrate=${startKbps}` });
    expect(JSON.stringify(audio?.fmtp)).not.toContain('start-bitrate');
  });

  it.each([
    ['Chromium', chromium.publishOffer, { audio: 111, video: 96, rtx: 97 }],
    ['Firefox', firefox.publishOffer, { audio: 109, video: 120, rtx: 124 }],
  ] as const)('takes Opus and VP8 with retransmissions from %s', (_browser, offer, types) => {
    const [audio, video] = published(offer);
    expect(audio).toMatchObject({ kind: 'audio', payloadType: types.audio, feedback: ['transport-cc'] });
    expect(audio?.formatParameters).toContain('useinbandfec=1');
    expect(video).toMatchObject({
      kind: 'video',
      payloadType: types.video,
      rtxPayloadType: types.rtx,
      feedback: ['transport-cc', 'goog-remb', 'ccm fir', 'nack', 'nack pli'],
      hasReducedSizeRtcp: true,
    });
    expect(video?.extensionIds).toMatchObject({
      mid: expect.any(Number),
      'abs-send-time': expect.any(Number),
      'transport-cc': expect.any(Number),
    });
  });

  it('answers with all candidates and their end in the first section, and our transport in every section', () => {
    const offer = parseOffer(chromium.publishOffer);
    const answer = writeAnswer(offer, acceptPublish(offer, 'MIC_AND_CAM'), transport, []);
    const session = parse(answer);
    expect(session.groups).toEqual([{ type: 'BUNDLE', mids: '0 1' }]);
    expect(session.media.map(({ direction }) => direction)).toEqual(['recvonly', 'recvonly']);
    const written = session.media[0]?.candidates;
    expect(written?.map((one) => [one.ip, one.port, one.component, one.transport, one.type])).toEqual([
      ['203.0.113.5', 4_000, 1, 'udp', 'host'],
      ['fd00::2', 4_000, 1, 'udp', 'host'],
    ]);
    expect(session.media[0]?.endOfCandidates).toBe('end-of-candidates');
    for (const section of session.media) {
      expect(section).toMatchObject({
        iceUfrag: 'ufrag',
        icePwd: transport.icePwd,
        setup: 'passive',
        fingerprint: { type: 'sha-256', hash: 'AB:CD' },
        rtcpMux: 'rtcp-mux',
      });
    }
    expect(answer).toContain('a=fmtp:97 apt=96\r\n');
    expect(answer).toContain('a=rtcp-fb:96 transport-cc\r\n');
  });

  it('accepts sendrecv as sending, as official clients offer it, and answers recvonly', () => {
    const offer = parseOffer(chromium.publishOffer.replaceAll('a=sendonly', 'a=sendrecv'));
    const answer = writeAnswer(offer, acceptPublish(offer, 'MIC_AND_CAM'), transport, []);
    expect(answer.match(/a=(send|recv)\w+/g)).toEqual(['a=recvonly', 'a=recvonly']);
  });

  it('accepts codec names in lower case', () => {
    expect(published(chromium.publishOffer.replace('VP8/90000', 'vp8/90000'))).toHaveLength(2);
  });

  it("accepts only the kinds of the stream's type", () => {
    const offer = parseOffer(chromium.publishOffer);
    expect(acceptPublish(offer, 'MIC').map(({ kind }) => kind)).toEqual(['audio']);
    const cam = acceptPublish(offer, 'CAM');
    expect(cam.map(({ kind }) => kind)).toEqual(['video']);
    const answer = writeAnswer(offer, cam, transport, []);
    const session = parse(answer);
    expect(session.media.map(({ port, direction }) => [port, direction])).toEqual([
      [9, 'inactive'],
      [9, 'recvonly'],
    ]);
    expect(answer).toContain('a=group:BUNDLE 0 1\r\n');
    expect(session.media[0]?.candidates).toHaveLength(2);
  });

  it.each([
    ['Chromium', chromium.simulcastOffer],
    ['Firefox', firefox.simulcastOffer],
  ])('takes all layers that %s offers, in its order', (_browser, sdp) => {
    const offer = parseOffer(sdp);
    expect(offer.sections.at(-1)?.rids).toEqual(['q', 'h', 'f']);
    const answer = writeAnswer(offer, acceptPublish(offer, 'MIC_AND_CAM'), transport, []);
    for (const rid of ['q', 'h', 'f']) expect(answer).toContain(`a=rid:${rid} recv\r\n`);
    expect(answer).toContain('a=simulcast:recv q;h;f\r\n');
  });

  it('accepts layers in the order of the simulcast line, without alternatives, at most three', () => {
    const sdp = chromium.simulcastOffer.replace(
      'a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n',
      'a=rid:1 send\r\na=rid:2 send\r\na=rid:3 send\r\na=rid:4 send\r\na=simulcast:send ~3;1,2;4;2;9\r\n',
    );
    const [media] = acceptPublish(parseOffer(sdp), 'CAM');
    expect(media?.rids).toEqual(['3', '1', '4']);
  });

  it('accepts one layer from a peer whose packets would not name theirs', () => {
    const offer = parseOffer(chromium.simulcastOffer.replaceAll(/a=extmap:.*rtp-stream-id\r\n/g, ''));
    const answer = writeAnswer(offer, acceptPublish(offer, 'CAM'), transport, []);
    expect(answer).not.toMatch(/a=(simulcast|rid)/);
  });
});

describe('viewing', () => {
  it.each([
    ['Chromium', chromium.viewOffer, 96],
    ['Firefox', firefox.viewOffer, 120],
  ] as const)(
    'gives %s its own payload types, identifies our streams and requests arrival times',
    (_browser, sdp, vp8) => {
      const offer = parseOffer(sdp);
      const media = acceptView(offer, published(firefox.publishOffer));
      const answer = writeAnswer(offer, media, transport, [
        { mid: '1', ssrc: 5, rtxSsrc: 6, cname: 'c', mediaStreamId: 'm', trackId: 't' },
      ]);
      const video = parse(answer).media[1];
      expect(video?.rtp[0]).toMatchObject({ payload: vp8, codec: 'VP8' });
      expect(video?.direction).toBe('sendonly');
      expect(answer).toContain('a=ssrc-group:FID 5 6\r\n');
      expect(answer).toContain('a=ssrc:5 cname:c\r\n');
      expect(answer).toContain('a=msid:m t\r\n');
      expect(video?.rtcpFb?.map(({ type }) => type)).toContain('transport-cc');
      expect(video?.ext?.some(({ uri }) => uri.includes('transport-wide-cc'))).toBe(true);
      expect(answer).not.toContain('goog-remb');
    },
  );

  it.each([
    ['the feedback', /a=rtcp-fb:\d+ transport-cc\r\n/g],
    ['the numbers', /a=extmap:\d+ \S*transport-wide-cc\S*\r\n/g],
    ['retransmissions to try with', /a=rtpmap:\d+ rtx\/90000\r\n/g],
  ])('asks for REMB where a viewer lacks %s', (_what, lines) => {
    const offer = parseOffer(chromium.viewOffer.replaceAll(lines, ''));
    const media = acceptView(offer, published(chromium.publishOffer));
    const answer = writeAnswer(offer, media, transport, []);
    expect(answer).toContain('goog-remb');
    expect(answer).not.toContain('transport-cc');
    expect(answer).not.toContain('transport-wide');
  });

  it('requests no bandwidth feedback from a viewer of audio only', () => {
    const offer = parseOffer(chromium.viewOffer);
    const audio = published(chromium.publishOffer).filter(({ kind }) => kind === 'audio');
    expect(writeAnswer(offer, acceptView(offer, audio), transport, [])).not.toContain('transport-');
  });

  it('leaves video inactive for a stream without video', () => {
    const offer = parseOffer(chromium.viewOffer);
    const audio = published(chromium.publishOffer).filter(({ kind }) => kind === 'audio');
    const media = acceptView(offer, audio);
    const session = parse(
      writeAnswer(offer, media, transport, [
        { mid: '0', ssrc: 5, cname: 'c', mediaStreamId: 'm', trackId: 't' },
      ]),
    );
    expect(session.media.map(({ type, port, direction }) => [type, port, direction])).toEqual([
      ['audio', 9, 'sendonly'],
      ['video', 9, 'inactive'],
    ]);
  });

  it('refuses a viewer that only wants to send', () => {
    const offer = parseOffer(chromium.publishOffer);
    const error = errorOf(() => acceptView(offer, published(chromium.publishOffer)));
    expect(error.code).toBe('bad_offer');
    expect(error.message).toContain('recvonly');
  });

  it('names the missing codecs', () => {
    const offer = parseOffer(chromium.viewOffer.replaceAll('VP8/90000', 'VPX/90000'));
    const error = errorOf(() => acceptView(offer, published(chromium.publishOffer)));
    expect(error.code).toBe('no_common_codec');
    expect(error.message).toMatch(/video in VP8, which the viewer lacks.*Offer VP8 too.*VPX, VP9/);
  });
});

describe('offers that cannot be used', () => {
  const offer = chromium.publishOffer;
  it.each([
    ['', 'v=0'],
    ['hello', 'v=0'],
    ['v=0\r\n', 'media section'],
    [offer.replaceAll(/a=ice-ufrag.*\r\n/g, ''), 'a=ice-ufrag'],
    [offer.replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:a b'), 'a=ice-ufrag'],
    [offer.replaceAll(/a=ice-pwd:.*/g, 'a=ice-pwd:short'), 'a=ice-pwd'],
    [offer.replaceAll(/a=fingerprint:.*/g, 'a=fingerprint:sha-256 nonsense'), 'a=fingerprint'],
    [offer.replaceAll('a=setup:actpass', 'a=setup:holdconn'), 'a=setup'],
    [offer.replaceAll('a=mid:1', 'a=mid:0'), 'a=mid'],
    [offer.replaceAll(/a=group:BUNDLE.*\r\n/g, ''), 'BUNDLE'],
    [offer.replaceAll('a=rtcp-mux\r\n', ''), 'rtcp-mux'],
    [offer.replaceAll('a=sendonly', 'a=inactive'), 'sendonly'],
    [`v=0\r\n${'a=x\r\n'.repeat(60_000)}`, 'longer'],
  ])('are refused with a text that says why (%#)', (sdp, reason) => {
    const error = errorOf(() => published(sdp));
    expect(error.code).toBe('bad_offer');
    expect(error.message).toContain(reason);
  });

  it('cause nothing but a MediaError, however mangled', () => {
    let state = 20_260_101;
    const random = (end: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state % end;
    };
    let refused = 0;
    for (let round = 0; round < 400; round += 1) {
      const lines = [chromium.publishOffer, firefox.viewOffer][round % 2]?.split('\r\n') ?? [];
      for (let change = 0; change <= random(6); change += 1) {
        const at = random(lines.length);
        const line = lines[at] ?? '';
        if (random(3) === 0) lines.splice(at, 1);
        else if (random(2) === 0) lines[at] = line.slice(0, random(line.length + 1));
        else lines[at] = line.slice(0, random(line.length + 1)) + String.fromCodePoint(random(0x2000)) + line;
      }
      try {
        const offer = parseOffer(lines.join('\r\n'));
        const media = acceptPublish(offer, 'MIC_AND_CAM');
        parse(writeAnswer(offer, media, transport, []));
      } catch (error) {
        if (!(error instanceof MediaError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(50);
    expect(refused).toBeLessThan(400);
  });
});
