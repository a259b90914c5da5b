/** Header extensions that the router reads or forwards. */
type HeaderExtension =
  | 'mid'
  | 'rid'
  | 'repaired-rid'
  | 'abs-send-time'
  | 'transport-cc'
  | 'audio-level'
  | 'video-orientation'
  | 'dependency-descriptor';

/** Negotiated ids (1 to 14) by extension; absent if the peer did not offer it. */
export type ExtensionIds = Readonly<Partial<Record<HeaderExtension, number>>>;

/** What the router does with one header extension. */
export interface HeaderExtensionRow {
  readonly name: HeaderExtension;
  readonly uri: string;
  /** Whether viewers receive it: `written` by the router for each of them, or `copied` from the publisher's packet. */
  readonly toViewer: 'written' | 'copied' | 'no';
}

export const headerExtensions: readonly HeaderExtensionRow[] = [
  { name: 'mid', uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', toViewer: 'written' },
  {
    name: 'rid',
    uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
    toViewer: 'no',
  },
  {
    name: 'repaired-rid',
    uri: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
    toViewer: 'no',
  },
  {
    name: 'abs-send-time',
    uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
    toViewer: 'written',
  },
  {
    name: 'transport-cc',
    uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
    toViewer: 'written',
  },
  {
    name: 'audio-level',
    uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    toViewer: 'copied',
  },
  { name: 'video-orientation', uri: 'urn:3gpp:video-orientation', toViewer: 'copied' },
  {
    name: 'dependency-descriptor',
    uri: 'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
    toViewer: 'copied',
  },
];
