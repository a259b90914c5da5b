/** How a page's offers differ from what its browser would offer by itself. */
export interface OfferedCodecs {
  /** Codecs that come first, as in `video/VP9`, with a piece of their parameters where the variant matters. */
  readonly first?: { readonly mimeType: string; readonly parameters?: string };
  /** Whether codecs like `first` are the only ones of their kind that are offered. */
  readonly isOnly?: boolean;
  /** Codecs that are not offered at all. */
  readonly without?: readonly string[];
}

/** Makes all later offers of the page so, by `setCodecPreferences`. Is handed to the browser as text. */
export function offerCodecs({ first, isOnly = false, without = [] }: OfferedCodecs): void {
  const isFirst = (codec: RTCRtpCodec): boolean =>
    codec.mimeType === first?.mimeType && (codec.sdpFmtpLine ?? '').includes(first.parameters ?? '');
  const preferAsAsked = (peer: RTCPeerConnection): void => {
    for (const transceiver of peer.getTransceivers()) {
      const { kind } = transceiver.receiver.track;
      const side = transceiver.direction === 'recvonly' ? RTCRtpReceiver : RTCRtpSender;
      const all = side.getCapabilities(kind)?.codecs ?? [];
      const known = all.filter(({ mimeType }) => !without.includes(mimeType));
      const chosen = known.filter(isFirst);
      const others = known.filter((codec) => !isFirst(codec));
      const repair = others.filter(({ mimeType }) => mimeType.endsWith('/rtx'));
      const isAbout = chosen.length > 0;
      transceiver.setCodecPreferences([...chosen, ...(isOnly && isAbout ? repair : others)]);
    }
  };
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    override async createOffer(): Promise<never> {
      preferAsAsked(this);
      return (await super.createOffer()) as never;
    }
  };
}
