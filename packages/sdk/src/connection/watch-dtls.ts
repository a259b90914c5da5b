/** The parts of a peer connection that show its DTLS association. */
export interface DtlsPeer {
  readonly remoteDescription: Pick<RTCSessionDescription, 'sdp'> | null;
  getTransceivers(): readonly Transceiver[];
}

interface Transceiver {
  readonly sender: { readonly transport?: Pick<RTCDtlsTransport, 'state'> | null };
}

/**
 * Call this before a connection applies an answer. The returned function then tells whether DTLS follows the answer to the
 * server's certificate. A new certificate needs a new association (RFC 8842). Firefox keeps the old one, of which the server
 * knows nothing: the connection counts as connected, and no media arrives.
 */
export function watchDtls(peer: DtlsPeer): () => boolean {
  const before = fingerprintOf(peer);
  // Firefox also lists transports that the sections of a bundle never use; these stay new.
  const established = peer.getTransceivers().filter(isEstablished);
  return () =>
    before === undefined ||
    before === fingerprintOf(peer) ||
    established.length === 0 ||
    !established.every(isEstablished);
}

/** Whether the association began and ended its handshake, with any result. */
function isEstablished({ sender: { transport } }: Transceiver): boolean {
  return transport ? transport.state !== 'new' && transport.state !== 'connecting' : false;
}

function fingerprintOf({ remoteDescription }: DtlsPeer): string | undefined {
  return /^a=fingerprint:(.+?)\r?$/m.exec(remoteDescription?.sdp ?? '')?.[1];
}
