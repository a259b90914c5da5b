/**
 * The encodings with `active` set for those that anybody views. The lowest one (the first, as encodings are ordered)
 * stays on when nobody views any, so that whoever comes has a picture at once. Undefined where there is nothing to
 * change, such as without simulcast.
 */
export function withActiveLayers<Encoding extends Pick<RTCRtpEncodingParameters, 'rid' | 'active'>>(
  encodings: readonly Encoding[],
  activeRids: readonly string[],
): Encoding[] | undefined {
  if (encodings.length < 2) return undefined;
  const isViewed = ({ rid }: Encoding) => rid !== undefined && activeRids.includes(rid);
  const anyViewed = encodings.some(isViewed);
  const changed = encodings.map((encoding, index) => ({
    ...encoding,
    active: anyViewed ? isViewed(encoding) : index === 0,
  }));
  const isSame = changed.every(({ active }, index) => active === (encodings[index]?.active ?? true));
  return isSame ? undefined : changed;
}

/** Switches the layers of a connection's video on and off. What the browser refuses stays as it is. */
export async function setActiveLayers(
  peer: Pick<RTCPeerConnection, 'getTransceivers'>,
  activeRids: readonly string[],
): Promise<void> {
  for (const { sender } of peer.getTransceivers()) {
    if (sender.track?.kind !== 'video') continue;
    const parameters = sender.getParameters();
    const encodings = withActiveLayers(parameters.encodings, activeRids);
    // A refusal costs bandwidth that nobody uses, and nothing else: there is nothing to tell.
    if (encodings) await sender.setParameters({ ...parameters, encodings }).catch(() => {});
  }
}
