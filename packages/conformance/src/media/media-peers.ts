/** Peers that open real connections and carry packets. */
export interface MediaPeers {
  /** A peer that offers to send audio. */
  publisher(): Promise<MediaPeer>;
  /** A peer that offers to receive audio. */
  viewer(): Promise<MediaPeer>;
}

/** One side of a peer connection. */
export interface MediaPeer {
  /** The SDP offer. No candidates are sent separately. */
  readonly offer: string;
  /** Applies the server's answer. Resolves when packets can flow; rejects after ten seconds. */
  connect(answer: string): Promise<void>;
  /** Sends an Opus packet with this payload. */
  send(payload: Uint8Array): void;
  /** Payloads of received packets, in order. */
  readonly received: readonly Uint8Array[];
  /** Safe to call twice. */
  close(): void;
}
