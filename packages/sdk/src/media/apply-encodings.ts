/**
 * Gives a sender that is at work new encodings. It keeps the number of layers it was negotiated with: too many wanted,
 * and the smallest are left out; too few, and the largest of its own rest. What the browser refuses stays as it was.
 */
export async function applyEncodings(
  sender: RTCRtpSender,
  wanted: readonly RTCRtpEncodingParameters[],
  degradationPreference: RTCDegradationPreference,
): Promise<void> {
  const set = async (change: (parameters: RTCRtpSendParameters) => void) => {
    try {
      const parameters = sender.getParameters();
      change(parameters);
      await sender.setParameters(parameters);
    } catch {
      // Not every browser knows every parameter, and a call goes on without them.
    }
  };
  await set((parameters) => {
    const layers = wanted.slice(-parameters.encodings.length);
    for (const [index, encoding] of parameters.encodings.entries()) {
      const { rid: _rid, ...layer } = layers[index] ?? {};
      Object.assign(encoding, layer, { active: index < layers.length });
    }
  });
  // On its own, because the browsers that know it are fewer.
  await set((parameters) => {
    parameters.degradationPreference = degradationPreference;
  });
}
