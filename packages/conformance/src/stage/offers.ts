import { randomBytes, randomUUID } from 'node:crypto';

type Kind = 'audio' | 'video';
type Direction = 'sendonly' | 'recvonly' | 'sendrecv';

const codecLines: Readonly<Record<Kind, readonly string[]>> = {
  audio: ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10'],
  video: [
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=rtpmap:96 VP8/90000',
    'a=rtcp-fb:96 nack',
    'a=rtcp-fb:96 nack pli',
  ],
};

/**
 * A browser-like offer of a peer that never connects, sufficient for everything except media. Has new ICE credentials and a
 * new fingerprint each time.
 */
export function anOffer(direction: Direction, ...kinds: readonly Kind[]): string {
  const fingerprint = [...randomBytes(32)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase());
  const transport = [
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=ice-ufrag:${randomBytes(3).toString('hex')}`,
    `a=ice-pwd:${randomBytes(12).toString('hex')}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${fingerprint.join(':')}`,
    'a=setup:actpass',
  ];
  const sections = kinds.flatMap((kind, mid) => {
    const [media = '', ...codecs] = codecLines[kind];
    const sender =
      direction === 'recvonly' ? [] : [`a=msid:- ${randomUUID()}`, `a=ssrc:${mid + 1} cname:parley`];
    return [media, ...transport, `a=mid:${mid}`, `a=${direction}`, 'a=rtcp-mux', ...codecs, ...sender];
  });
  return [
    'v=0',
    `o=- ${Date.now()} 2 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${kinds.map((_, mid) => mid).join(' ')}`,
    'a=msid-semantic: WMS *',
    ...sections,
    '',
  ].join('\r\n');
}
