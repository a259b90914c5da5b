import type { FakeTrack } from '../browser/fake-media.ts';

/** A `MediaStream` for pages that have none. */
export class FakePageStream extends EventTarget {
  readonly id: string = crypto.randomUUID();
  #tracks: readonly FakeTrack[];

  constructor(content: readonly FakeTrack[] | FakePageStream = []) {
    super();
    this.#tracks = content instanceof FakePageStream ? content.getTracks() : [...content];
  }

  get active(): boolean {
    return this.#tracks.some(({ readyState }) => readyState === 'live');
  }

  addTrack(track: FakeTrack): void {
    if (!this.#tracks.includes(track)) this.#tracks = [...this.#tracks, track];
  }

  removeTrack(track: FakeTrack): void {
    this.#tracks = this.#tracks.filter((one) => one !== track);
  }

  getTracks(): readonly FakeTrack[] {
    return [...this.#tracks];
  }

  getAudioTracks(): readonly FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'audio');
  }

  getVideoTracks(): readonly FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'video');
  }

  getTrackById(id: string): FakeTrack | null {
    return this.#tracks.find((track) => track.id === id) ?? null;
  }
}
