import type { RemoteTransportParameters } from './rtp-transport.ts';

/** MID of the only section; the library requires it with each candidate. */
export const carrierMid = '0';

/**
 * The offer that the library sees instead of the browser's: one sendrecv section that carries all RTP and RTCP. With
 * several sections, the library would sort packets by `a=ssrc`, which simulcast offers lack, and drop the rest. It
 * says `setup:active` unless the peer waits for us, so that the library waits for the browser's DTLS, which saves a
 * retransmission of one second.
 */
export function writeCarrierOffer(remote: RemoteTransportParameters): string {
  return writeCarrier(remote.setup ?? 'active', remote);
}

/** A description with only the carrier section, for either side. */
export function writeCarrier(
  setup: 'active' | 'passive',
  { iceUfrag, icePwd, fingerprint }: Pick<RemoteTransportParameters, 'iceUfrag' | 'icePwd' | 'fingerprint'>,
): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${carrierMid}`,
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'c=IN IP4 0.0.0.0',
    `a=mid:${carrierMid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    `a=setup:${setup}`,
    `a=ice-ufrag:${iceUfrag}`,
    `a=ice-pwd:${icePwd}`,
    'a=ice-options:trickle',
    `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`,
    'a=rtpmap:96 VP8/90000',
    '',
  ].join('\r\n');
}
