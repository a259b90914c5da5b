export interface ViewOptions {
  /** Notes about the view for the server; text only. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Gives up before the view is there; has no effect on it later. */
  readonly signal?: AbortSignal;
}

/** A stream of somebody else, being received. Closes by itself when the stream is unpublished. */
export interface ViewedStream extends AsyncDisposable {
  readonly streamId: string;
  /** Tells apart several views of one stream. */
  readonly viewerId: string;
  /** What is received. */
  readonly mediaStream: MediaStream;
  /** State of the connection that carries it; `closed` once it is stopped. */
  readonly connectionState: RTCPeerConnectionState;
  /** Shows and plays the stream in `element` until the returned function is called or the view stops. */
  attach(element: HTMLMediaElement): () => void;
  /** Stops receiving. Calling it again is fine. Never rejects. */
  stop(): Promise<void>;
}
