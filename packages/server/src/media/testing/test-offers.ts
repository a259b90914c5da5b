import { parse } from 'sdp-transform';
import type { LocalTransportParameters, RemoteTransportParameters } from '../transport/rtp-transport.ts';

/** A browser's offer, with its transport replaced by a test peer's. */
export function withTransport(offer: string, transport: RemoteTransportParameters): string {
  const { algorithm, value } = transport.fingerprint;
  const credentials = [
    `a=ice-ufrag:${transport.iceUfrag}`,
    ...transport.candidates.map((line) => `a=${line}`),
  ];
  return offer
    .replaceAll(/a=(candidate|end-of-candidates).*\r\n/g, '')
    .replaceAll(/a=ice-ufrag:.*/g, credentials.join('\r\n'))
    .replaceAll(/a=ice-pwd:.*/g, `a=ice-pwd:${transport.icePwd}`)
    .replaceAll(/a=fingerprint:.*/g, `a=fingerprint:${algorithm} ${value}`);
}

/** The router's transport parameters in an answer. */
export function transportOf(answer: string): LocalTransportParameters {
  const section = parse(answer).media.find(({ port }) => port !== 0);
  return {
    iceUfrag: String(section?.iceUfrag),
    icePwd: String(section?.icePwd),
    fingerprint: { algorithm: section?.fingerprint?.type ?? '', value: section?.fingerprint?.hash ?? '' },
    candidates: (section?.candidates ?? []).map(({ foundation, priority, ip, port }) => ({
      foundation,
      priority,
      address: ip,
      port,
    })),
  };
}

/** The offer with these payload types first in the m-lines that contain them, as `setCodecPreferences` writes it. */
export function preferring(offer: string, ...payloadTypes: readonly number[]): string {
  return offer.replaceAll(/^(m=\w+ \d+ \S+) (.*)$/gm, (_line, start: string, formats: string) => {
    const listed = formats.trim().split(' ');
    const first = payloadTypes.map(String).filter((type) => listed.includes(type));
    return [start, ...first, ...listed.filter((type) => !first.includes(type))].join(' ');
  });
}

/** The offer without the payload types whose `a=rtpmap` or `a=fmtp` matches. */
export function withoutFormats(offer: string, pattern: RegExp): string {
  const lines = offer.match(/^a=(rtpmap|fmtp):.*$/gm) ?? [];
  const gone = new Set(lines.filter((line) => pattern.test(line)).map((line) => /\d+/.exec(line)?.[0]));
  return offer.replaceAll(/^(m=\w+ \d+ \S+) (.*)$/gm, (_line, start: string, formats: string) =>
    [
      start,
      ...formats
        .trim()
        .split(' ')
        .filter((type) => !gone.has(type)),
    ].join(' '),
  );
}
