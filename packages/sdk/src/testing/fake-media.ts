/** A track that only has what the SDK touches. */
export class FakeTrack extends EventTarget {
  readonly id: string = crypto.randomUUID();
  readonly kind: 'audio' | 'video';
  enabled = true;
  readyState: MediaStreamTrackState = 'live';
  contentHint = '';
  settings: MediaTrackSettings = {};

  constructor(kind: 'audio' | 'video') {
    super();
    this.kind = kind;
  }

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  /** By the app: no event. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** By the browser, as its "stop sharing" does. */
  endByBrowser(): void {
    this.stop();
    this.dispatchEvent(new Event('ended'));
  }
}

export class FakeMediaStream {
  #tracks: readonly FakeTrack[];

  constructor(tracks: readonly FakeTrack[] = []) {
    this.#tracks = tracks;
  }

  addTrack(track: FakeTrack): void {
    this.#tracks = [...this.#tracks, track];
  }

  removeTrack(track: FakeTrack): void {
    this.#tracks = this.#tracks.filter((one) => one !== track);
  }

  getTracks(): readonly FakeTrack[] {
    return this.#tracks;
  }
}

/** The fake as what it stands for. */
export function aMediaStream(...kinds: readonly ('audio' | 'video')[]): MediaStream {
  return new FakeMediaStream(kinds.map((kind) => new FakeTrack(kind))) as unknown as MediaStream;
}

/** A fake track of a size, as what it stands for. */
export function aTrack(kind: 'audio' | 'video', settings: MediaTrackSettings = {}): MediaStreamTrack {
  return Object.assign(new FakeTrack(kind), { settings }) as unknown as MediaStreamTrack;
}

export function fakeTracks(stream: MediaStream): readonly FakeTrack[] {
  return (stream as unknown as FakeMediaStream).getTracks();
}
