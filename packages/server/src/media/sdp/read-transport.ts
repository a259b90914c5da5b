import type { MediaDescription, SessionDescription } from 'sdp-transform';
import type { Fingerprint, RemoteTransportParameters } from '../transport/rtp-transport.ts';
import { badOffer, sdpText } from './sdp-text.ts';

/** A parsed section with the fingerprints of its text, because the parser keeps only the last one. */
export interface TransportSection {
  readonly section: MediaDescription;
  readonly fingerprints: readonly Fingerprint[];
}

/** Hashes that the transport can verify, strongest first, with their lengths in bytes. */
const hashBytes: ReadonlyMap<string, number> = new Map([
  ['sha-512', 64],
  ['sha-384', 48],
  ['sha-256', 32],
  ['sha-224', 28],
  ['sha-1', 20],
]);

/**
 * The transport that a section describes, with the session's values where it has none of its own.
 * @throws MediaError `bad_offer`
 */
export function readTransport(
  session: SessionDescription,
  { section, fingerprints }: TransportSection,
): RemoteTransportParameters {
  const iceUfrag = sdpText(section.iceUfrag ?? session.iceUfrag);
  const icePwd = sdpText(section.icePwd ?? session.icePwd);
  if (!/^[\w+/-]{4,256}$/.test(iceUfrag)) throw badOffer('it has no valid a=ice-ufrag');
  if (!/^[\w+/-]{22,256}$/.test(icePwd)) throw badOffer('it has no valid a=ice-pwd');
  return {
    iceUfrag,
    icePwd,
    setup: readSetup(sdpText(section.setup ?? session.setup ?? 'actpass')),
    fingerprint: strongest(fingerprints),
    candidates: (section.candidates ?? [])
      .filter((candidate) => sdpText(candidate.transport).toLowerCase() === 'udp')
      .map(
        (candidate) =>
          `candidate:${candidate.foundation} ${candidate.component} UDP ${candidate.priority} ` +
          `${candidate.ip} ${candidate.port} typ ${candidate.type}`,
      ),
  };
}

/** The fingerprints in the lines of a section or session. */
export function readFingerprints(lines: string): readonly Fingerprint[] {
  return [...lines.matchAll(/^a=fingerprint:[ \t]*(\S+)[ \t]+(\S+)/gim)].map(
    ([, algorithm = '', value = '']) => ({ algorithm: algorithm.toLowerCase(), value: value.toUpperCase() }),
  );
}

/** The DTLS role that the peer takes. One that leaves the choice to us connects, which saves it a round trip. */
function readSetup(setup: string): 'active' | 'passive' {
  if (setup === 'passive') return 'passive';
  if (setup === 'active' || setup === 'actpass') return 'active';
  throw badOffer(`its a=setup is "${setup}", but DTLS needs actpass, active or passive`);
}

/** Of several hashes of a certificate, the strongest that can be verified (RFC 8122, section 5.1). */
function strongest(fingerprints: readonly Fingerprint[]): Fingerprint {
  for (const [algorithm, bytes] of hashBytes) {
    const found = fingerprints.find((one) => one.algorithm === algorithm && isHash(one.value, bytes));
    if (found) return found;
  }
  throw badOffer(`it has no valid a=fingerprint (${[...hashBytes.keys()].join(', ')})`);
}

function isHash(value: string, bytes: number): boolean {
  return value.length === 3 * bytes - 1 && /^[\dA-F]{2}(?::[\dA-F]{2})*$/.test(value);
}
