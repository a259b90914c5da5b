/**
 * Asks for codecs, first choice first; the rest follows, so that there is always one that both sides have. A browser
 * that cannot send them, or lacks the means, keeps its own order.
 */
export function preferCodec(transceiver: RTCRtpTransceiver, kind: string, ...names: string[]): void {
  try {
    const codecs = RTCRtpSender.getCapabilities(kind)?.codecs ?? [];
    transceiver.setCodecPreferences(inOrder(codecs, names));
  } catch {
    // An older browser, which is no reason not to call.
  }
}

/** Whether this browser can send the codec. */
export function canSend(kind: string, name: string): boolean {
  const codecs = globalThis.RTCRtpSender?.getCapabilities(kind)?.codecs;
  // Browsers that tell nothing have VP8 all the same.
  return codecs ? codecs.some((codec) => isCalled(codec, name)) : name === 'VP8';
}

function inOrder<Codec extends { readonly mimeType: string }>(
  codecs: readonly Codec[],
  names: readonly string[],
): Codec[] {
  const rank = (codec: Codec) => {
    const place = names.findIndex((name) => isCalled(codec, name));
    return place === -1 ? names.length : place;
  };
  return codecs.toSorted((a, b) => rank(a) - rank(b));
}

function isCalled({ mimeType }: { readonly mimeType: string }, name: string): boolean {
  return mimeType.toLowerCase().endsWith(`/${name.toLowerCase()}`);
}
