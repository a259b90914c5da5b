/** Encoder settings to add to the server's answer. */
export interface AnswerTuning {
  /** Bitrate at which the video encoder starts, in bits per second. Only Chromium understands it. */
  readonly startBitrateBps?: number;
  /** Whether Opus may stop sending during silence. */
  readonly dtx?: boolean;
}

/**
 * Adds format parameters to an answer, because browsers read the encoder's start bitrate and the use of DTX only from the
 * remote description. Leaves sections that it cannot parse unchanged.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7587#section-6.1
 */
export function tuneAnswer(sdp: string, { startBitrateBps, dtx }: AnswerTuning): string {
  // The first part describes the session; every other part is a media section.
  return sdp
    .split(/^(?=m=)/m)
    .map((section) => {
      if (section.startsWith('m=video') && startBitrateBps) {
        const codec = /^a=rtpmap:(\d+) (?!rtx|red|ulpfec|flexfec)/im;
        return withParameter(section, codec, 'x-google-start-bitrate', Math.round(startBitrateBps / 1000));
      }
      if (section.startsWith('m=audio') && dtx !== undefined) {
        return withParameter(section, /^a=rtpmap:(\d+) opus\//im, 'usedtx', dtx ? 1 : 0);
      }
      return section;
    })
    .join('');
}

/** Sets one format parameter of the codec whose `rtpmap` line matches. */
function withParameter(section: string, codec: RegExp, name: string, value: number): string {
  const payloadType = codec.exec(section)?.[1];
  if (payloadType === undefined) return section;
  const parameters = new RegExp(`^(a=fmtp:${payloadType} )(.*)$`, 'm');
  const known = parameters.exec(section)?.[2];
  const setting = `${name}=${value}`;
  if (known === undefined) {
    return section.replace(
      new RegExp(`^a=rtpmap:${payloadType} .*(\\r?\\n|$)`, 'm'),
      (line, end: string) => `${line}${end ? '' : '\r\n'}a=fmtp:${payloadType} ${setting}${end}`,
    );
  }
  const others = known.split(';').filter((one) => one.trim() && !one.trim().startsWith(`${name}=`));
  return section.replace(parameters, (_line, head: string) => head + [...others, setting].join(';'));
}
