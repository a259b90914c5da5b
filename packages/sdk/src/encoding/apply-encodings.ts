import { withActiveLayers } from './active-layers.ts';

/**
 * Changes the encodings of an active sender, which keeps its negotiated number of layers: too many encodings omit the
 * smallest, too few pause its largest layers. Of the rest, only `activeRids` are sent, if given. Ignores a refusal by the
 * browser.
 */
export async function applyEncodings(
  sender: Pick<RTCRtpSender, 'getParameters' | 'setParameters'>,
  encodings: readonly RTCRtpEncodingParameters[],
  degradationPreference: RTCDegradationPreference,
  activeRids?: readonly string[],
): Promise<void> {
  const set = async (change: (parameters: RTCRtpSendParameters) => void) => {
    try {
      const parameters = sender.getParameters();
      change(parameters);
      await sender.setParameters(parameters);
    } catch {
      // Not every browser knows every parameter, and a call works without them.
    }
  };
  await set((parameters) => {
    const layers = encodings.slice(-parameters.encodings.length);
    for (const [index, encoding] of parameters.encodings.entries()) {
      const { rid: _rid, ...layer } = layers[index] ?? {};
      Object.assign(encoding, layer, { active: index < layers.length });
    }
    const used = parameters.encodings.slice(0, layers.length);
    const viewed = activeRids && withActiveLayers(used, activeRids);
    if (viewed) parameters.encodings.splice(0, layers.length, ...viewed);
  });
  // Separately, because fewer browsers know it.
  await set((parameters) => {
    parameters.degradationPreference = degradationPreference;
  });
}
