import { FakeTrack } from '../browser/fake-media.ts';

/** A track for pages without media, such as those of jsdom: it has what a page may call, and carries nothing. */
export class FakePageTrack extends FakeTrack {
  readonly label: string;
  #constraints: MediaTrackConstraints = {};

  constructor(kind: 'audio' | 'video', label: string, settings: MediaTrackSettings = {}) {
    super(kind);
    this.label = label;
    this.settings = kind === 'video' ? { width: 1280, height: 720, frameRate: 15, ...settings } : settings;
  }

  clone(): FakePageTrack {
    return Object.assign(new FakePageTrack(this.kind, this.label, this.settings), { enabled: this.enabled });
  }

  getConstraints(): MediaTrackConstraints {
    return this.#constraints;
  }

  getCapabilities(): MediaTrackCapabilities {
    return {};
  }

  async applyConstraints(constraints: MediaTrackConstraints = {}): Promise<void> {
    this.#constraints = constraints;
  }
}
