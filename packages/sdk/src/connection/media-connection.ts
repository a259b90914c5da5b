/** The connection of an open stream or view, used to measure it. */
export interface MediaConnection {
  readonly streamId: string;
  readonly direction: 'publish' | 'view';
  readonly peer: RTCPeerConnection;
}
