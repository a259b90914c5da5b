/** Why a stream is not as good as it could be. */
export type QualityCauseCode = keyof typeof suggestionOf;

/** One cause with the numbers that show it. */
export interface QualityCause {
  readonly code: QualityCauseCode;
  /** What was measured, by name with unit, such as `{ lossRatio: 0.08 }`. */
  readonly evidence: Readonly<Record<string, number>>;
  /** What to do about it, in one sentence for the user of the app. */
  readonly suggestion: string;
}

const suggestionOf = {
  'uplink-loss':
    'Your network loses what you send: move closer to the router, use a cable, or send less video.',
  'downlink-loss':
    'Your network loses what you receive: move closer to the router, use a cable, or view fewer videos.',
  'round-trip': 'The way to the server is long: turn off a VPN, or use another network.',
  jitter: 'The network delivers unevenly: pause downloads and uploads, or use a cable.',
  'sender-cpu-limited':
    'The computer that sends is too busy: close other programs, or send a smaller picture.',
  'sender-bandwidth-limited':
    'The upload is too narrow for the picture: pause other uploads, or send less video.',
  'layer-withheld': 'A smaller picture is sent than was wanted: it grows when the network allows.',
  'low-bitrate': 'Far less arrives than the encoder was asked for: wait a moment, or send less video.',
  'no-packets': 'Nothing arrives: check that the network lets media through, then start the stream again.',
  'no-key-frame': 'No complete picture has come yet: wait a moment, then view the stream again.',
  'decoder-stuck': 'Pictures arrive but are not decoded: view the stream again, or close other programs.',
  'element-hidden': 'The picture is out of sight, so it is paused: bring it into view.',
  'autoplay-blocked': 'The browser waits for a click before it plays: offer a button for it.',
  'device-muted': 'The system or a switch mutes the device: check its switch and the settings of the system.',
} as const;

export function causeOf(code: QualityCauseCode, evidence: QualityCause['evidence'] = {}): QualityCause {
  return { code, evidence, suggestion: suggestionOf[code] };
}
