/**
 * Puts preferred codecs first and keeps the rest, so that both sides always share one. A browser that cannot send them, or
 * cannot reorder codecs, keeps its own order.
 */
export function preferCodec(transceiver: RTCRtpTransceiver, kind: string, ...names: string[]): void {
  try {
    const codecs = RTCRtpSender.getCapabilities(kind)?.codecs ?? [];
    transceiver.setCodecPreferences(inOrder(codecs, names));
  } catch {
    // An older browser: its own order works too.
  }
}

/** Whether this browser can send the codec. */
export function canSend(kind: string, name: string): boolean {
  const codecs = globalThis.RTCRtpSender?.getCapabilities(kind)?.codecs;
  // Browsers without this method can send VP8.
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
