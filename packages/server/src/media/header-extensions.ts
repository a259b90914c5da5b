/** Header extensions that the router reads or passes on. */
type HeaderExtension =
  'mid' | 'rid' | 'repaired-rid' | 'abs-send-time' | 'transport-cc' | 'audio-level' | 'video-orientation';

/** Negotiated ids (1 to 14) by extension; absent means that the peer did not offer it. */
export type ExtensionIds = Readonly<Partial<Record<HeaderExtension, number>>>;

/** What the router does with one header extension. */
export interface HeaderExtensionRow {
  readonly name: HeaderExtension;
  readonly uri: string;
  /** Whether publishers may send it to us. */
  readonly fromPublisher: boolean;
  /** Whether viewers get it: `written` by us for each of them, `copied` from the publisher's packet. */
  readonly toViewer: 'written' | 'copied' | 'no';
}

export const headerExtensions: readonly HeaderExtensionRow[] = [
  { name: 'mid', uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', fromPublisher: true, toViewer: 'written' },
  {
    name: 'rid',
    uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
    fromPublisher: true,
    toViewer: 'no',
  },
  {
    name: 'repaired-rid',
    uri: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
    fromPublisher: true,
    toViewer: 'no',
  },
  {
    name: 'abs-send-time',
    uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
    fromPublisher: true,
    toViewer: 'written',
  },
  {
    name: 'transport-cc',
    uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
    fromPublisher: true,
    toViewer: 'written',
  },
  {
    name: 'audio-level',
    uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    fromPublisher: true,
    toViewer: 'copied',
  },
  { name: 'video-orientation', uri: 'urn:3gpp:video-orientation', fromPublisher: true, toViewer: 'copied' },
];
