import type { RemoteTransportParameters } from './rtp-transport.ts';

/** MID of the only section; the library wants it with each candidate. */
export const carrierMid = '0';

/**
 * The offer that the library gets to see in place of the browser's: one sendrecv section that carries all RTP and RTCP.
 * With several sections, the library would sort packets by `a=ssrc`, which simulcast offers lack, and drop the rest.
 * It says `setup:active`, so that the library waits for the browser's DTLS: that saves a retransmission of one second.
 */
export function writeCarrierOffer(remote: RemoteTransportParameters): string {
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
    'a=setup:active',
    `a=ice-ufrag:${remote.iceUfrag}`,
    `a=ice-pwd:${remote.icePwd}`,
    'a=ice-options:trickle',
    `a=fingerprint:${remote.fingerprint.algorithm} ${remote.fingerprint.value}`,
    'a=rtpmap:96 VP8/90000',
    '',
  ].join('\r\n');
}
