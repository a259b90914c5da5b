import type { StreamType } from '@parley-rtc/contract';
import { parse } from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import { MediaError } from '../media-router.ts';
import { buildOffer, builtFingerprint, type BuiltOffer, type BuiltSection } from '../testing/built-offers.ts';
import { acceptPublish } from './accept-publish.ts';
import { acceptView } from './accept-view.ts';
import { chosenTransport } from './chosen-transport.ts';
import { parseOffer } from './parse-offer.ts';
import { writeAnswer } from './write-answer.ts';

const transport = {
  iceUfrag: 'ours',
  icePwd: 'o'.repeat(22),
  fingerprint: { algorithm: 'sha-256', value: 'AB:CD' },
  candidates: [{ foundation: '1', priority: 1, address: '192.0.2.1', port: 40_000 }],
};

const audio: BuiltSection = { type: 'audio' };
const video: BuiltSection = { type: 'video' };
const data: BuiltSection = { type: 'application', protocol: 'UDP/DTLS/SCTP' };
const bundleOnly = { port: 0, lines: ['a=bundle-only'] };

interface Answered {
  /** Group, then each section as `type port direction`. */
  readonly shape: string;
  readonly sdp: string;
}

function answered(offered: string, accept: typeof acceptPublish, type: StreamType): Answered {
  const offer = parseOffer(offered);
  const media = accept(offer, type);
  const sent = media.map(({ mid }) => ({ mid, ssrc: 1, cname: 'c', mediaStreamId: 'm', trackId: 't' }));
  const sdp = writeAnswer(offer, media, transport, accept === acceptPublish ? [] : sent);
  const session = parse(sdp);
  const group = session.groups?.map(({ mids }) => `[${mids}]`).join('') ?? '-';
  const sections = session.media.map(({ type: kind, port, direction }) =>
    port === 0 ? `${kind} 0` : `${kind} ${port} ${direction ?? 'none'}`,
  );
  return { shape: [group, ...sections].join(' | '), sdp };
}

const viewing: typeof acceptPublish = (offer, type) =>
  acceptView(offer, acceptPublish(parseOffer(buildOffer({ sections: [audio, video] })), type));

const publish = (offer: BuiltOffer, type: StreamType) => answered(buildOffer(offer), acceptPublish, type);
const view = (offer: BuiltOffer, type: StreamType) => answered(buildOffer(offer), viewing, type);

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof MediaError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

const offers = (direction: string | null, session: readonly string[] = []) => ({
  sections: [{ ...audio, direction }],
  session,
});

const remote = (offer: BuiltOffer, type: StreamType = 'MIC') => {
  const parsed = parseOffer(buildOffer(offer));
  return chosenTransport(parsed, acceptPublish(parsed, type));
};
const setupOf = (offer: BuiltOffer) => parse(publish(offer, 'MIC').sdp).media[0]?.setup;

const hash = (bytes: number, byte = 'cd') => Array.from({ length: bytes }, () => byte).join(':');

const extensionsOf = (offer: BuiltOffer, run = view) =>
  parse(run(offer, 'MIC_AND_CAM').sdp).media.map(({ ext = [] }) =>
    ext.map(({ value, direction, uri }) => `${value}${direction ? `/${direction}` : ''} ${uri}`),
  );

describe('the sections of an answer', () => {
  const both = 'MIC_AND_CAM' as const;
  it.each<[string, StreamType, readonly BuiltSection[], string, string]>([
    ['audio alone', 'MIC', [audio], '[0] | audio 9 recvonly', '[0] | audio 9 sendonly'],
    ['video alone', 'CAM', [video], '[0] | video 9 recvonly', '[0] | video 9 sendonly'],
    [
      'audio and video',
      both,
      [audio, video],
      '[0 1] | audio 9 recvonly | video 9 recvonly',
      '[0 1] | audio 9 sendonly | video 9 sendonly',
    ],
    [
      'video first',
      both,
      [video, audio],
      '[0 1] | video 9 recvonly | audio 9 recvonly',
      '[0 1] | video 9 sendonly | audio 9 sendonly',
    ],
    [
      'a first section that the stream does not carry',
      'CAM',
      [audio, video],
      '[0 1] | audio 9 inactive | video 9 recvonly',
      '[0 1] | audio 9 inactive | video 9 sendonly',
    ],
    [
      'a last section that the stream does not carry',
      'MIC',
      [audio, video],
      '[0 1] | audio 9 recvonly | video 9 inactive',
      '[0 1] | audio 9 sendonly | video 9 inactive',
    ],
    [
      'a bundle-only section',
      both,
      [audio, { ...video, ...bundleOnly }],
      '[0 1] | audio 9 recvonly | video 9 recvonly',
      '[0 1] | audio 9 sendonly | video 9 sendonly',
    ],
    [
      'a bundle-only section behind an unused tagged one',
      'CAM',
      [audio, { ...video, ...bundleOnly }],
      '[0 1] | audio 9 inactive | video 9 recvonly',
      '[0 1] | audio 9 inactive | video 9 sendonly',
    ],
    [
      'an unused bundle-only section',
      'MIC',
      [audio, { ...video, ...bundleOnly }],
      '[0 1] | audio 9 recvonly | video 9 inactive',
      '[0 1] | audio 9 sendonly | video 9 inactive',
    ],
    [
      'a rejected section',
      'CAM',
      [{ ...audio, port: 0 }, video],
      '[1] | audio 0 | video 9 recvonly',
      '[1] | audio 0 | video 9 sendonly',
    ],
    [
      'a rejected section of a kind that is also offered',
      'CAM',
      [{ ...video, port: 0 }, video],
      '[1] | video 0 | video 9 recvonly',
      '[1] | video 0 | video 9 sendonly',
    ],
    [
      'a second section of a kind',
      'CAM',
      [video, video],
      '[0 1] | video 9 recvonly | video 9 inactive',
      '[0 1] | video 9 sendonly | video 9 inactive',
    ],
    [
      'an inactive section of the kind before a usable one',
      'CAM',
      [{ ...video, direction: 'inactive' }, video],
      '[0 1] | video 9 inactive | video 9 recvonly',
      '[0 1] | video 9 inactive | video 9 sendonly',
    ],
    [
      'a data channel at the end',
      both,
      [audio, video, data],
      '[0 1] | audio 9 recvonly | video 9 recvonly | application 0',
      '[0 1] | audio 9 sendonly | video 9 sendonly | application 0',
    ],
    [
      'a data channel as the tagged section',
      'MIC',
      [data, audio],
      '[0 1] | application 9 none | audio 9 recvonly',
      '[0 1] | application 9 none | audio 9 sendonly',
    ],
    [
      'a kind of media that WebRTC does not have',
      'MIC',
      [audio, { type: 'text', codecs: ['98 t140/1000'] }],
      '[0] | audio 9 recvonly | text 0',
      '[0] | audio 9 sendonly | text 0',
    ],
    [
      'an unused section without any codec',
      'MIC',
      [audio, { ...video, codecs: [] }],
      '[0] | audio 9 recvonly | video 0',
      '[0] | audio 9 sendonly | video 0',
    ],
    [
      'Opus without its channels, as GStreamer writes it',
      'MIC',
      [{ ...audio, codecs: ['97 OPUS/48000'] }],
      '[0] | audio 9 recvonly',
      '[0] | audio 9 sendonly',
    ],
    [
      'an unused section with one unknown codec',
      'MIC',
      [audio, { ...video, codecs: ['97 H265/90000'] }],
      '[0 1] | audio 9 recvonly | video 9 inactive',
      '[0 1] | audio 9 sendonly | video 9 inactive',
    ],
  ])('suit %s (%s)', (_shape, type, sections, published, viewed) => {
    expect(publish({ sections }, type).shape).toBe(published);
    expect(view({ sections }, type).shape).toBe(viewed);
  });

  it.each<[string, BuiltOffer, StreamType, string]>([
    ['one section without a group', { sections: [video], groups: [] }, 'CAM', '- | video 9 recvonly'],
    [
      'one section without a=mid',
      { sections: [{ ...video, mid: null }], groups: [] },
      'CAM',
      '- | video 9 recvonly',
    ],
    [
      'two sections of a kind without a=mid',
      {
        sections: [
          { ...video, mid: null },
          { ...video, mid: null },
        ],
        groups: [],
      },
      'CAM',
      '- | video 9 recvonly | video 0',
    ],
    [
      'sections without a group, of which one is used',
      { sections: [audio, video], groups: [] },
      'CAM',
      '- | audio 0 | video 9 recvonly',
    ],
    [
      'a group of the used section only',
      { sections: [audio, video], groups: ['BUNDLE 1'] },
      'CAM',
      '[1] | audio 0 | video 9 recvonly',
    ],
    [
      'groups of which the second has both kinds',
      { sections: [audio, audio, video], groups: ['BUNDLE 0', 'BUNDLE 1 2'] },
      'MIC_AND_CAM',
      '[1 2] | audio 0 | audio 9 recvonly | video 9 recvonly',
    ],
    [
      'a group in another order than the sections',
      { sections: [audio, video], groups: ['BUNDLE 1 0'] },
      'MIC_AND_CAM',
      '[1 0] | audio 9 recvonly | video 9 recvonly',
    ],
    [
      'a group that names unknown and repeated sections',
      { sections: [audio, video], groups: ['BUNDLE 7 0 1 0'] },
      'MIC_AND_CAM',
      '[0 1] | audio 9 recvonly | video 9 recvonly',
    ],
    [
      'other groups beside it',
      { sections: [audio, video], groups: ['LS 0 1', 'BUNDLE 0 1'] },
      'MIC_AND_CAM',
      '[0 1] | audio 9 recvonly | video 9 recvonly',
    ],
    [
      'odd mids',
      {
        sections: [
          { ...audio, mid: 'a+b' },
          { ...video, mid: '00' },
        ],
      },
      'MIC_AND_CAM',
      '[a+b 00] | audio 9 recvonly | video 9 recvonly',
    ],
  ])('suit %s', (_shape, offer, type, expected) => {
    expect(publish(offer, type).shape).toBe(expected);
  });

  it('put the candidates, and only there, into the tagged section', () => {
    const { sdp } = publish({ sections: [audio, video], groups: ['BUNDLE 1 0'] }, 'MIC_AND_CAM');
    expect(parse(sdp).media.map(({ candidates = [] }) => candidates.length)).toEqual([0, 1]);
  });

  it('answer an unused section with a payload type that means nothing else', () => {
    const sections = [{ ...audio, codecs: ['96 opus/48000/2', '97 PCMU/8000'] }, video];
    const { sdp } = publish({ sections }, 'CAM');
    expect(parse(sdp).media.map(({ payloads }) => String(payloads))).toEqual(['97', '96']);
  });
});

describe('directions', () => {
  it.each<[string | null, readonly string[], boolean, boolean]>([
    ['sendrecv', [], true, true],
    [null, [], true, true],
    ['sendonly', [], true, false],
    ['recvonly', [], false, true],
    ['inactive', [], false, false],
    [null, ['a=sendonly'], true, false],
    [null, ['a=recvonly'], false, true],
    [null, ['a=inactive'], false, false],
    ['sendrecv', ['a=inactive'], true, true],
    ['sendonly', ['a=recvonly'], true, false],
  ])('%s in a session with %s: publishes %s, views %s', (direction, session, publishes, views) => {
    const offer = offers(direction, session);
    expect(refusal(() => publish(offer, 'MIC')) === 'accepted').toBe(publishes);
    expect(refusal(() => view(offer, 'MIC')) === 'accepted').toBe(views);
  });
});

describe('profiles', () => {
  it.each([
    'UDP/TLS/RTP/SAVPF',
    'UDP/TLS/RTP/SAVP',
    'TCP/DTLS/RTP/SAVPF',
    'TCP/DTLS/RTP/SAVP',
    'TCP/TLS/RTP/SAVPF',
    'RTP/SAVPF',
    'RTP/SAVP',
    'RTP/AVPF',
    'RTP/AVP',
    'TLS/RTP/SAVPF',
  ])('%s is accepted, and answered as it is', (protocol) => {
    const { sdp } = publish({ sections: [{ ...audio, protocol }] }, 'MIC');
    expect(parse(sdp).media[0]?.protocol).toBe(protocol);
  });

  it.each(['UDP/DTLS/SCTP', 'udp', 'RTP/SAVPFX', 'UDP/TLS/RTP'])('%s is refused by name', (protocol) => {
    expect(refusal(() => publish({ sections: [{ ...audio, protocol }] }, 'MIC'))).toContain(protocol);
  });
});

describe('transports', () => {
  it.each([
    ['actpass', 'passive'],
    ['active', 'passive'],
    ['passive', 'active'],
  ])('answer a=setup:%s with %s, at either level', (offered, expected) => {
    const line = `a=setup:${offered}`;
    const bare = { ...audio, without: ['a=setup'] };
    expect(setupOf({ sections: [{ ...bare, lines: [line] }] })).toBe(expected);
    expect(setupOf({ sections: [bare], session: [line] })).toBe(expected);
    expect(remote({ sections: [bare], session: [line] }).setup).toBe(
      expected === 'active' ? 'passive' : 'active',
    );
  });

  it('wait for a peer that does not say its role', () => {
    expect(setupOf({ sections: [{ ...audio, without: ['a=setup'] }] })).toBe('passive');
  });

  it('take the session level where the section has no line of its own', () => {
    const bare = { ...audio, without: ['a=ice', 'a=fingerprint'] };
    const session = [
      'a=ice-ufrag:session',
      `a=ice-pwd:${'s'.repeat(22)}`,
      `a=fingerprint:SHA-256 ${builtFingerprint}`,
    ];
    expect(remote({ sections: [bare], session })).toMatchObject({
      iceUfrag: 'session',
      icePwd: 's'.repeat(22),
      fingerprint: { algorithm: 'sha-256', value: builtFingerprint },
    });
    expect(remote({ sections: [audio], session }).iceUfrag).toBe('ufrag-0');
  });

  it.each<[string, BuiltOffer, StreamType, string]>([
    ['the first of the group', { sections: [audio, video] }, 'CAM', 'ufrag-0'],
    [
      'the first in the group’s order',
      { sections: [audio, video], groups: ['BUNDLE 1 0'] },
      'MIC',
      'ufrag-1',
    ],
    [
      'the first that is not bundle-only',
      { sections: [{ ...audio, ...bundleOnly }, video] },
      'MIC',
      'ufrag-1',
    ],
    ['the first that is not rejected', { sections: [{ ...audio, port: 0 }, video] }, 'CAM', 'ufrag-1'],
    ['the used one, without a group', { sections: [audio, video], groups: [] }, 'CAM', 'ufrag-1'],
  ])('are those of %s', (_which, offer, type, iceUfrag) => {
    expect(remote(offer, type).iceUfrag).toBe(iceUfrag);
  });

  it.each([
    [['sha-1 ' + hash(20)], 'sha-1'],
    [['sha-224 ' + hash(28)], 'sha-224'],
    [['SHA-256 ' + hash(32)], 'sha-256'],
    [['Sha-384 ' + hash(48).toUpperCase()], 'sha-384'],
    [['sha-512 ' + hash(64)], 'sha-512'],
    [['sha-1 ' + hash(20), 'sha-256 ' + hash(32)], 'sha-256'],
    [['sha-256 ' + hash(32), 'sha-1 ' + hash(20)], 'sha-256'],
    [['sha-256 ' + hash(32), 'sha-512 ' + hash(64), 'md5 ' + hash(16)], 'sha-512'],
    [['sha-3 ' + hash(32), 'sha-1 ' + hash(20)], 'sha-1'],
    [['sha-512 ' + hash(32), 'sha-256 ' + hash(32)], 'sha-256'],
  ])('take the strongest valid of the fingerprints %j', (fingerprints, algorithm) => {
    const lines = fingerprints.map((fingerprint) => `a=fingerprint:${fingerprint}`);
    const bare = { ...audio, without: ['a=fingerprint'] };
    const { fingerprint } = remote({ sections: [{ ...bare, lines }] });
    expect(fingerprint.algorithm).toBe(algorithm);
    expect(fingerprint.value).toMatch(/^CD(:CD)+$/);
    expect(remote({ sections: [bare], session: lines }).fingerprint).toEqual(fingerprint);
  });

  it.each(['md5 ' + hash(16), 'sha-256 ' + hash(20), 'sha-256 ' + hash(33), 'sha-256', 'sha-256 XX'])(
    'refuse the fingerprint %s',
    (fingerprint) => {
      const lines = [`a=fingerprint:${fingerprint}`];
      const sections = [{ ...audio, without: ['a=fingerprint'], lines }];
      expect(refusal(() => publish({ sections }, 'MIC'))).toContain('a=fingerprint');
    },
  );

  it('take UDP candidates only', () => {
    const lines = [
      'a=candidate:1 1 udp 5 192.0.2.1 5000 typ host',
      'a=candidate:2 1 tcp 4 192.0.2.1 9 typ host tcptype active',
      'a=candidate:3 1 UDP 3 192.0.2.2 5001 typ srflx raddr 0.0.0.0 rport 0',
    ];
    expect(remote({ sections: [{ ...audio, lines }] }).candidates).toEqual([
      'candidate:1 1 UDP 5 192.0.2.1 5000 typ host',
      'candidate:3 1 UDP 3 192.0.2.2 5001 typ srflx',
    ]);
  });
});

describe('ids', () => {
  const mid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
  const level = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
  const sendTime = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';
  it.each<[string, readonly string[], readonly string[], readonly (readonly string[])[]]>([
    [
      'one meaning',
      [`1 ${mid}`, `2 ${level}`],
      [`1 ${mid}`, `3 ${sendTime}`],
      [
        [`1 ${mid}`, `2 ${level}`],
        [`1 ${mid}`, `3 ${sendTime}`],
      ],
    ],
    // As aiortc offers them; its parser fails on the first audio level if both are accepted.
    [
      'two meanings in two sections',
      [`1 ${mid}`, `2 ${level}`],
      [`1 ${mid}`, `2 ${sendTime}`],
      [[`1 ${mid}`], [`1 ${mid}`, `2 ${sendTime}`]],
    ],
    ['two meanings in one section', [`2 ${level}`, `2 ${mid}`], [], [[`2 ${mid}`], []]],
    ['two ids for one meaning', [`1 ${mid}`], [`4 ${mid}`], [[`1 ${mid}`], []]],
    [
      'two ids for one meaning in one section',
      [`4 ${mid}`, `1 ${mid}`],
      [`4 ${mid}`],
      [[`4 ${mid}`], [`4 ${mid}`]],
    ],
    [
      'ids that need two-byte headers',
      [`15 ${mid}`, `255 ${level}`, `0 ${sendTime}`],
      [`14 ${mid}`],
      [[], [`14 ${mid}`]],
    ],
    ['an encrypted extension', [`1 urn:ietf:params:rtp-hdrext:encrypt ${mid}`], [], [[], []]],
  ])('of header extensions with %s', (_case, ofAudio, ofVideo, expected) => {
    const sections = [
      { ...audio, extensions: ofAudio },
      { ...video, extensions: ofVideo },
    ];
    expect(extensionsOf({ sections })).toEqual(expected);
  });

  it('of header extensions apply from the session level', () => {
    expect(extensionsOf({ sections: [audio, video], session: [`a=extmap:1 ${mid}`] })).toEqual([
      [`1 ${mid}`],
      [`1 ${mid}`],
    ]);
  });

  it('of header extensions in one direction are accepted and mirrored for that direction', () => {
    const sections = [
      { ...audio, extensions: [`1/sendonly ${mid}`] },
      { ...video, extensions: [`1/recvonly ${mid}`] },
    ];
    expect(extensionsOf({ sections }, publish)).toEqual([[`1/recvonly ${mid}`], []]);
    expect(extensionsOf({ sections }, view)).toEqual([[], [`1/sendonly ${mid}`]]);
  });

  it.each([
    ['AV1', '45 AV1/90000', ['a=extmap-allow-mixed'], true],
    ['AV1 without long elements', '45 AV1/90000', [], false],
    ['another codec', '96 VP8/90000', ['a=extmap-allow-mixed'], false],
    [
      'layers of AV1 that have a stream each',
      '45 AV1/90000',
      ['a=extmap-allow-mixed', 'a=ssrc-group:SIM 1 2'],
      false,
    ],
  ])('of the dependency descriptor are accepted for %s: %s', (_what, codec, lines, isAccepted) => {
    const extensions = [
      '13 https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
    ];
    const { sdp } = publish({ sections: [{ ...video, codecs: [codec], extensions, lines }] }, 'CAM');
    expect(sdp.includes('a=extmap:13')).toBe(isAccepted);
    expect(sdp.includes('a=extmap-allow-mixed')).toBe(isAccepted);
  });

  it('of codecs with two meanings are accepted once', () => {
    const sections = [
      { ...audio, codecs: ['96 opus/48000/2'] },
      { ...video, codecs: ['96 VP8/90000', '97 VP9/90000'] },
    ];
    const media = parse(publish({ sections }, 'MIC_AND_CAM').sdp).media;
    expect(media.map(({ payloads }) => String(payloads))).toEqual(['96', '97']);
  });
});

describe('a refusal', () => {
  it.each<[string, BuiltOffer, StreamType, RegExp]>([
    [
      'several transports',
      { sections: [audio, video], groups: [] },
      'MIC_AND_CAM',
      /bad_offer: .*section "\d" \((audio|video)\) is not in the a=group:BUNDLE/,
    ],
    [
      'a section outside of the group',
      { sections: [audio, video], groups: ['BUNDLE 0'] },
      'MIC_AND_CAM',
      /section "1" \(video\) is not in the a=group:BUNDLE/,
    ],
    [
      'sections without a=mid',
      {
        sections: [
          { ...audio, mid: null },
          { ...video, mid: null },
        ],
        groups: [],
      },
      'MIC_AND_CAM',
      /m=video is not in the a=group:BUNDLE/,
    ],
    ['rejected sections', { sections: [{ ...audio, port: 0 }] }, 'MIC', /"0" \(audio\) has port 0/],
    [
      'only bundle-only sections',
      { sections: [{ ...audio, ...bundleOnly }] },
      'MIC',
      /bundle-only, but no other section/,
    ],
    ['the wrong kind', { sections: [audio] }, 'CAM', /"0" \(audio\) is of a kind that this stream does not/],
    [
      'the wrong direction',
      { sections: [{ ...audio, direction: 'recvonly' }] },
      'MIC',
      /is recvonly, but must/,
    ],
    ['no rtcp-mux', { sections: [{ ...audio, without: ['a=rtcp-mux'] }] }, 'MIC', /lacks a=rtcp-mux/],
    [
      'a=setup:holdconn',
      { sections: [{ ...audio, without: ['a=setup'], lines: ['a=setup:holdconn'] }] },
      'MIC',
      /holdconn/,
    ],
    [
      'G.711 by static payload types',
      { sections: [{ ...audio, codecs: ['0', '8'] }, video] },
      'MIC_AND_CAM',
      /no_common_codec: .*audio in none of the codecs opus; it offers PCMU, PCMA/,
    ],
    [
      'payload types that the other section takes',
      { sections: [{ ...audio, codecs: ['96 opus/48000/2'] }, video] },
      'MIC_AND_CAM',
      /payload type 96/,
    ],
  ])('of %s says so', (_what, offer, type, reason) => {
    const text = refusal(() => publish(offer, type));
    expect(text).toMatch(reason);
    if (!reason.source.includes('mux')) expect(text).not.toContain('rtcp-mux');
  });
});
