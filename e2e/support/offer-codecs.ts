/** How a page's offers differ from the browser's defaults. */
export interface OfferedCodecs {
  /** Codec to offer first, such as `video/VP9`, with part of its parameters, which choose between its variants, if there are any. */
  readonly first?: { readonly mimeType: string; readonly parameters?: string };
  /** Whether to offer only codecs that match `first` of their kind. */
  readonly isOnly?: boolean;
  /** Codecs not to offer. */
  readonly without?: readonly string[];
}

/** Changes all later offers of the page with `setCodecPreferences`. Passed to the browser as text. */
export function offerCodecs({ first, isOnly = false, without = [] }: OfferedCodecs): void {
  const applyPreferences = (peer: RTCPeerConnection): void => {
    for (const transceiver of peer.getTransceivers()) {
      const { kind } = transceiver.receiver.track;
      const side = transceiver.direction === 'recvonly' ? RTCRtpReceiver : RTCRtpSender;
      const all = side.getCapabilities(kind)?.codecs ?? [];
      const known = all.filter(({ mimeType }) => !without.includes(mimeType));
      const variants = known.filter(({ mimeType }) => mimeType === first?.mimeType);
      const matching = variants.filter(({ sdpFmtpLine = '' }) =>
        sdpFmtpLine.includes(first?.parameters ?? ''),
      );
      // Firefox has one variant and no parameter that names it.
      const chosen = variants.length === 1 ? variants : matching;
      const others = known.filter((codec) => !chosen.includes(codec));
      const repair = others.filter(({ mimeType }) => mimeType.endsWith('/rtx'));
      const isAbout = chosen.length > 0;
      transceiver.setCodecPreferences([...chosen, ...(isOnly && isAbout ? repair : others)]);
    }
  };
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    override async createOffer(): Promise<never> {
      applyPreferences(this);
      return (await super.createOffer()) as never;
    }
  };
}
