/** Peers that really connect and carry packets. */
export interface MediaPeers {
  /** A peer that offers to send audio. */
  publisher(): Promise<MediaPeer>;
  /** A peer that offers to receive audio. */
  viewer(): Promise<MediaPeer>;
}

/** One side of a peer connection. */
export interface MediaPeer {
  /** Holds all of the peer's candidates. */
  readonly offer: string;
  /** Takes the server's answer; resolves when packets can flow, rejects after ten seconds. */
  connect(answer: string): Promise<void>;
  /** Sends one packet of Opus with this payload. */
  send(payload: Uint8Array): void;
  /** Payloads of the packets that came, in order. */
  readonly received: readonly Uint8Array[];
  /** Safe to call twice. */
  close(): void;
}
