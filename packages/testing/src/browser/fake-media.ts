/** A track with only the members that the SDK uses. */
export class FakeTrack extends EventTarget {
  readonly id: string = crypto.randomUUID();
  readonly kind: 'audio' | 'video';
  enabled = true;
  readyState: MediaStreamTrackState = 'live';
  muted = false;
  contentHint = '';
  settings: MediaTrackSettings = {};

  constructor(kind: 'audio' | 'video') {
    super();
    this.kind = kind;
  }

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  /** Stops the track like an app, without an event. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** Ends the track like the browser's "stop sharing" button. */
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

/** Returns a fake stream, typed as a real one. */
export function aMediaStream(...kinds: readonly ('audio' | 'video')[]): MediaStream {
  return new FakeMediaStream(kinds.map((kind) => new FakeTrack(kind))) as unknown as MediaStream;
}

/** Returns a fake track with these settings, typed as a real one. */
export function aTrack(kind: 'audio' | 'video', settings: MediaTrackSettings = {}): MediaStreamTrack {
  return Object.assign(new FakeTrack(kind), { settings }) as unknown as MediaStreamTrack;
}

export function fakeTracks(stream: MediaStream): readonly FakeTrack[] {
  return (stream as unknown as FakeMediaStream).getTracks();
}
