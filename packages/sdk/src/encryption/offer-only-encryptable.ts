/** The codecs that can be encrypted; `rtx` retransmits lost video packets. */
const encryptable: Readonly<Record<string, readonly string[]>> = {
  audio: ['audio/opus'],
  video: ['video/VP8', 'video/rtx'],
};

/** Offers only codecs that can be encrypted, so that no server can choose another. */
export function offerOnlyEncryptable(transceiver: RTCRtpTransceiver): void {
  const { kind } = transceiver.receiver.track;
  const codecs = RTCRtpSender.getCapabilities(kind)?.codecs ?? [];
  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => encryptable[kind]?.includes(mimeType)));
}
