/** Identifies why a stream is not as good as it could be. */
export type QualityCauseCode = keyof typeof suggestionOf;

/** A cause of lower quality, with the measurements that show it. */
export interface QualityCause {
  readonly code: QualityCauseCode;
  /** The measurements, by name with unit, such as `{ lossRatio: 0.08 }`. */
  readonly evidence: Readonly<Record<string, number>>;
  /** Advice for the user of the app, in one English sentence. */
  readonly suggestion: string;
}

const suggestionOf = {
  'uplink-loss':
    'Your network drops what you send: move closer to the router, use a cable, or send less video.',
  'downlink-loss':
    'Your network drops what you receive: move closer to the router, use a cable, or view fewer videos.',
  'round-trip': 'The connection to the server is slow to respond: turn off your VPN, or use another network.',
  jitter: 'Your network is unsteady: pause downloads and uploads, or use a cable.',
  'sender-cpu-limited': 'The sending computer is too busy: close other programs, or send a smaller video.',
  'sender-bandwidth-limited':
    'The upload is too slow for the video: pause other uploads, or send less video.',
  'layer-withheld': 'The video is smaller than requested: it grows when the network allows.',
  'low-bitrate': 'The video uses far less bitrate than planned: wait a moment, or send less video.',
  'no-packets': 'Nothing arrives: check that your network allows calls, then start the stream again.',
  'no-key-frame': 'No complete video frame has arrived yet: wait a moment, then view the stream again.',
  'decoder-stuck': 'The video arrives but cannot be decoded: view the stream again, or close other programs.',
  'element-hidden': 'The video is out of sight, so it is paused: bring it into view.',
  'autoplay-blocked': 'Your browser blocked playback: click to play.',
  'device-muted': 'Your device is muted outside this page: check its switch and your system settings.',
} as const;

export function causeOf(code: QualityCauseCode, evidence: QualityCause['evidence'] = {}): QualityCause {
  return { code, evidence, suggestion: suggestionOf[code] };
}
