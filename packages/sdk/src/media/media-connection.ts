/** The connection of an open stream or view, for those who measure it. */
export interface MediaConnection {
  readonly streamId: string;
  readonly direction: 'publish' | 'view';
  readonly peer: RTCPeerConnection;
}
