import { parse } from 'sdp-transform';
import type { LocalTransportParameters, RemoteTransportParameters } from '../transport/rtp-transport.ts';

/** A browser's offer with the transport of a test peer in place of its own. */
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

/** What an answer says about the router's transport. */
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
