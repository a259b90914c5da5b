import { seededRandom } from '../../testing/seeded-random.ts';

const splices = [
  '__proto__',
  'constructor',
  '-1',
  '0',
  '128',
  '4294967296',
  '1e999',
  'NaN',
  ';;==;',
  'a=fmtp:96 __proto__=1;profile-level-id=zz',
  'a=fmtp:111 111/',
  'a=rtpmap:96 H264/90000',
  'a=rtpmap:63 red/48000/2',
  'a=simulcast:send ;;,~',
  'a=rid:\u0000 send pt=*',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'm=audio 9 UDP/TLS/RTP/SAVPF',
  'a=group:BUNDLE',
  'a=sendrecv',
  '\r',
  '\n\n',
  '\ud800',
  '%n%s',
];

/** An endless source of mangled SDP, derived from `samples`; the same texts for the same seed. */
export function hostileOffers(seed: number, samples: readonly string[]): () => string {
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const oneOf = (texts: readonly string[]) => texts[below(texts.length)] ?? '';

  const mangle = (line: string, lines: readonly string[]): string[] => {
    const cut = below(line.length + 1);
    switch (below(7)) {
      case 0:
        return [];
      case 1:
        return [line.slice(0, cut)];
      case 2:
        return [line, line];
      case 3:
        return [line.slice(0, cut) + oneOf(splices) + line.slice(cut)];
      case 4:
        return [line, oneOf(lines)];
      case 5:
        return [line.replaceAll(/\d+/g, (digits) => (below(3) === 0 ? oneOf(splices) : digits))];
      default:
        return [line.slice(0, cut) + String.fromCodePoint(below(0xd800)) + line.slice(cut + 1)];
    }
  };
  return () => {
    const lines = oneOf(samples).split('\r\n');
    for (let change = below(12); change >= 0; change -= 1) {
      const at = below(lines.length);
      lines.splice(at, 1, ...mangle(lines[at] ?? '', lines));
    }
    return lines.join('\r\n');
  };
}
