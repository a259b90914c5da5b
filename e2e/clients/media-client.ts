export type MediaKind = 'audio' | 'video';

/** What a peer does, and how it asks for its transports. */
export interface PeerRequest {
  readonly role: 'publish' | 'view';
  readonly kinds: readonly MediaKind[];
  readonly bundlePolicy: 'max-bundle' | 'balanced' | 'max-compat';
}

/** What has arrived: decoded frames of video, and frames or packets of audio. */
export type Counts = Readonly<Record<MediaKind, number>>;

/** One peer connection of a client that knows nothing of this SDK or server. */
export interface ClientPeer {
  /** With all candidates. */
  readonly offer: string;
  accept(answer: string): Promise<void>;
  count(): Promise<Counts>;
  close(): Promise<void>;
}

/** A WebRTC implementation as a client: a browser, a library or a program. */
export interface MediaClient {
  readonly name: string;
  open(request: PeerRequest): Promise<ClientPeer>;
  close(): Promise<void>;
}
