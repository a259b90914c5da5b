/** What can be encrypted, beside which nothing is offered; `rtx` repeats lost packets of the picture. */
const encryptable: Readonly<Record<string, readonly string[]>> = {
  audio: ['audio/opus'],
  video: ['video/VP8', 'video/rtx'],
};

/** Leaves of all codecs of a sender only those that can be encrypted, so that no server can choose another. */
export function offerOnlyEncryptable(transceiver: RTCRtpTransceiver): void {
  const { kind } = transceiver.receiver.track;
  const codecs = RTCRtpSender.getCapabilities(kind)?.codecs ?? [];
  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => encryptable[kind]?.includes(mimeType)));
}
