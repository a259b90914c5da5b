import { EnabledSwitch } from './enabled-switch.ts';

/** The switches of all tracks that one kind of a stream uses, which are on or off together. */
export class TrackSwitches {
  readonly #switches = new Map<MediaStreamTrack, EnabledSwitch>();
  readonly #onApp: (isEnabled: boolean) => void;

  /** `onApp` receives what the app assigns to `enabled` of any of the tracks. */
  constructor(onApp: (isEnabled: boolean) => void) {
    this.#onApp = onApp;
  }

  add(track: MediaStreamTrack, isOn: boolean): void {
    if (!this.#switches.has(track)) this.#switches.set(track, new EnabledSwitch(track, isOn, this.#onApp));
  }

  set(isOn: boolean): void {
    for (const one of this.#switches.values()) one.set(isOn);
  }

  /** Hands all tracks but these back to the app, with `enabled` as given. */
  keep(tracks: readonly (MediaStreamTrack | undefined)[], isEnabled: boolean): void {
    for (const [track, one] of this.#switches) {
      if (tracks.includes(track)) continue;
      this.#switches.delete(track);
      one.close(isEnabled);
    }
  }
}
