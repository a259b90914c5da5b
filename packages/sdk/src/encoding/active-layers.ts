/**
 * Returns the encodings with only the viewed ones active. Without a viewer the lowest one (the first) stays on, so that a
 * new viewer has video immediately. Undefined when nothing changes, such as without simulcast.
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
