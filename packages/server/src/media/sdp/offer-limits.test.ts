import { parse } from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import { buildOffer, type BuiltOffer, type BuiltSection } from '../testing/built-offers.ts';
import { acceptPublish } from './accept-publish.ts';
import { parseOffer } from './parse-offer.ts';
import { writeAnswer } from './write-answer.ts';

const transport = {
  iceUfrag: 'ours',
  icePwd: 'o'.repeat(22),
  fingerprint: { algorithm: 'sha-256', value: 'AB:CD' },
  candidates: [{ foundation: '1', priority: 9, address: '192.0.2.1', port: 40_000 }],
};
const audio: BuiltSection = { type: 'audio' };
const video: BuiltSection = { type: 'video' };

const accept = (offer: BuiltOffer, type: 'MIC' | 'CAM' | 'MIC_AND_CAM' = 'CAM') =>
  acceptPublish(parseOffer(buildOffer(offer)), type);
const answer = (offer: BuiltOffer, type: 'MIC' | 'CAM' | 'MIC_AND_CAM' = 'CAM') => {
  const parsed = parseOffer(buildOffer(offer));
  return writeAnswer(parsed, acceptPublish(parsed, type), transport, []);
};
const withCredentials = (ufrag: number, pwd: number) => ({
  sections: [
    {
      ...video,
      without: ['a=ice'],
      lines: [`a=ice-ufrag:${'u'.repeat(ufrag)}`, `a=ice-pwd:${'p'.repeat(pwd)}`],
    },
  ],
});

/** The video with another codec that has these parameters. */
const rtxOf = (parameters: string) => {
  const lines = [`a=fmtp:98 ${parameters}`];
  return accept({ sections: [{ ...video, codecs: ['96 VP8/90000', '98 rtx/90000'], lines }] })[0];
};

/** The video with simulcast layers under these SSRCs. */
const layersOf = (...ssrcs: readonly number[]) =>
  accept({ sections: [{ ...video, lines: [`a=ssrc-group:SIM ${ssrcs.join(' ')}`] }] })[0];

/** Payload types of the answer to an unused section with these codecs. */
const unused = (...codecs: readonly string[]) =>
  String(parse(answer({ sections: [{ ...audio, codecs }, video] })).media[0]?.payloads);

describe('an offer', () => {
  it('may have 262,144 characters', () => {
    const offer = buildOffer({ sections: [video] });
    const padded = (length: number) => `${offer}a=x:${'x'.repeat(length - offer.length - 6)}\r\n`;
    expect(parseOffer(padded(262_144)).sections).toHaveLength(1);
    expect(() => parseOffer(padded(262_145))).toThrow('longer than 262144');
  });

  it.each([
    [4, 22],
    [256, 256],
  ])('may have an ICE user fragment of %i characters and a password of %i', (ufrag, pwd) => {
    expect(accept(withCredentials(ufrag, pwd))).toHaveLength(1);
  });

  it.each([
    [3, 22, 'ufrag'],
    [257, 22, 'ufrag'],
    [4, 21, 'pwd'],
    [4, 257, 'pwd'],
  ])('may not have them of %i and %i characters', (ufrag, pwd, reason) => {
    expect(() => accept(withCredentials(ufrag, pwd))).toThrow(`a=ice-${reason}`);
  });

  it.each([0, 63, 96, 127])('may have a codec under the payload type %i', (payloadType) => {
    const sections = [{ ...video, codecs: [`${payloadType} VP8/90000`] }];
    expect(accept({ sections })).toMatchObject([{ payloadType }]);
  });

  // These are RTCP on the same port (RFC 5761, section 4), or do not exist.
  it.each([64, 95, 128])('may not have one under the payload type %i', (payloadType) => {
    const sections = [{ ...video, codecs: [`${payloadType} VP8/90000`] }];
    expect(() => accept({ sections })).toThrow(/codec/);
  });

  it.each([
    ['VP8/8000', 'CAM'],
    ['opus/48000/1', 'MIC'],
    ['opus/8000/2', 'MIC'],
  ] as const)('does not mean a codec of another clock rate or number of channels by %s', (codec, type) => {
    const sections = [{ type: type === 'CAM' ? 'video' : 'audio', codecs: [`96 ${codec}`] }];
    expect(() => accept({ sections }, type)).toThrow(/none of the codecs/);
  });

  it('takes only retransmissions of its own codec', () => {
    expect(rtxOf('apt=96')?.rtxPayloadType).toBe(98);
    expect(rtxOf('rtx-time=200;apt=96')?.rtxPayloadType).toBe(98);
    for (const other of ['apt=9', 'apt=960', 'xapt=96', 'apt=97']) {
      expect(rtxOf(other)).not.toHaveProperty('rtxPayloadType');
    }
  });

  it('names up to three layers by SSRC, and one is no simulcast', () => {
    expect(layersOf(1, 2, 3, 4)?.layerSsrcs).toEqual([1, 2, 3]);
    expect(layersOf(1, 2)?.layerSsrcs).toEqual([1, 2]);
    expect(layersOf(1)).not.toHaveProperty('layerSsrcs');
    expect(layersOf(0, 1, 2 ** 32, 2 ** 32 - 1)?.layerSsrcs).toEqual([1, 2 ** 32 - 1]);
  });

  it('names only those layers by rid that it declares', () => {
    const lines = ['a=rid:1 send', 'a=rid:2 send', 'a=rid:3 recv', 'a=simulcast:send 1;9;3;2'];
    const extensions = ['10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'];
    expect(accept({ sections: [{ ...video, extensions, lines }] })).toMatchObject([{ rids: ['1', '2'] }]);
  });

  it('names the streams that are repaired, and by which', () => {
    const lines = ['a=ssrc-group:FID 1 2', 'a=ssrc-group:fid 3 4', 'a=ssrc-group:FEC-FR 5 6'];
    const [media] = accept({ sections: [{ ...video, lines }] });
    expect([...(media?.repairedSsrcs ?? [])]).toEqual([
      [2, 1],
      [4, 3],
    ]);
  });

  it('is refused with the reasons of its first eight sections', () => {
    const sections = Array.from({ length: 9 }, () => ({ ...video, direction: 'inactive' }));
    const refused = () => accept({ sections });
    expect(refused).toThrow('"7" (video)');
    expect(refused).not.toThrow('"8" (video)');
  });
});

describe('an answer', () => {
  it('begins as RFC 8866 demands, without an address of its own', () => {
    const sdp = answer({ sections: [video] });
    expect(sdp.split('\r\n').slice(0, 4)).toEqual([
      'v=0',
      expect.stringMatching(/^o=- [1-9]\d* 1 IN IP4 127\.0\.0\.1$/),
      's=-',
      't=0 0',
    ]);
    expect(sdp).toContain('\r\nc=IN IP4 0.0.0.0\r\n');
    expect(sdp).toMatch(/\r\na=msid-semantic: ?WMS \*\r\n/);
    expect(answer({ sections: [video] }).split('\r\n')[1]).not.toBe(sdp.split('\r\n')[1]);
  });

  it('says how the router is reached', () => {
    const [section] = parse(answer({ sections: [video] })).media;
    expect(section?.candidates).toMatchObject([
      {
        foundation: 1,
        component: 1,
        transport: 'udp',
        priority: 9,
        ip: '192.0.2.1',
        port: 40_000,
        type: 'host',
      },
    ]);
  });

  it('has the channels of audio, and none for video', () => {
    const sdp = answer({ sections: [audio, video] }, 'MIC_AND_CAM');
    expect(sdp).toContain('a=rtpmap:111 opus/48000/2\r\n');
    expect(sdp).toContain('a=rtpmap:96 VP8/90000\r\n');
  });

  it.each([
    [0, 'PCMU'],
    [8, 'PCMA'],
    [9, 'G722'],
  ])('names the static payload type %i of an unused section: %s', (payloadType, name) => {
    const sdp = answer({ sections: [{ ...audio, codecs: [String(payloadType)] }, video] });
    expect(sdp).toContain(`a=rtpmap:${payloadType} ${name}/8000\r\n`);
  });

  it('prefers a codec that the router knows for an unused section, and none that only accompanies others', () => {
    expect(unused('97 PCMU/8000', '111 opus/48000/2')).toBe('111');
    expect(unused('98 telephone-event/8000', '99 CN/8000', '97 PCMU/8000')).toBe('97');
  });

  it('has the port of a data channel that is its tagged section, and the parameters of an unused codec', () => {
    const data = { type: 'application', protocol: 'UDP/DTLS/SCTP' };
    expect(answer({ sections: [data, video] })).toContain('a=sctp-port:5000\r\n');
    const lines = ['a=fmtp:111 minptime=10'];
    expect(answer({ sections: [{ ...audio, lines }, video] })).toContain('a=fmtp:111 minptime=10\r\n');
  });

  it('has the retransmissions of its codec after it', () => {
    const lines = ['a=fmtp:98 apt=96'];
    const sdp = answer({ sections: [{ ...video, codecs: ['96 VP8/90000', '98 rtx/90000'], lines }] });
    expect(sdp).toMatch(/\r\nm=video 9 \S+ 96 98\r\n/);
    expect(sdp).toContain('a=rtpmap:98 rtx/90000\r\n');
    expect(sdp).toContain('a=fmtp:98 apt=96\r\n');
  });

  it('mirrors the direction of the extension that it accepts, not of another line for it', () => {
    const mid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
    const level = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
    const extensions = [`4/recvonly ${mid}`, `1 ${mid}`, `2/sendonly ${level}`];
    const sdp = answer({ sections: [{ ...audio, extensions }] }, 'MIC');
    expect(sdp.match(/a=extmap.*/g)).toEqual([`a=extmap:1 ${mid}`, `a=extmap:2/recvonly ${level}`]);
  });

  it('keeps the name of a section that it rejects', () => {
    const [rejected] = parse(answer({ sections: [{ ...audio, port: 0 }, video] })).media;
    expect(rejected).toMatchObject({ port: 0, mid: 0, direction: 'inactive' });
  });
});
