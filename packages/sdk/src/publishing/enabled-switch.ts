/**
 * One user of a track's `enabled`. Parley mutes with the same property with which the app does, and reading it back cannot
 * tell who wrote it. So the property is observed while Parley uses the track: a write by the app changes nothing but the
 * app's own word, and the track is enabled only while all of its users allow it.
 */
export class EnabledSwitch {
  readonly #gate: Gate;

  /** `onApp` receives each value that the app assigns. */
  constructor(track: MediaStreamTrack, isOn: boolean, onApp: (isOn: boolean) => void) {
    this.#gate = gates.get(track) ?? new Gate(track);
    this.#gate.join(this, isOn, onApp);
  }

  set(isOn: boolean): void {
    this.#gate.set(this, isOn);
  }

  /** Hands the property back to the app with the value `isOn`, unless another user still forbids it. */
  close(isOn: boolean): void {
    this.#gate.set(this, isOn);
    this.#gate.leave(this);
  }
}

interface User {
  isOn: boolean;
  readonly onApp: (isOn: boolean) => void;
}

const gates = new WeakMap<MediaStreamTrack, Gate>();

/** All users of one track, such as two streams that publish it. */
class Gate {
  readonly #track: MediaStreamTrack;
  readonly #users = new Map<EnabledSwitch, User>();

  constructor(track: MediaStreamTrack) {
    this.#track = track;
    gates.set(track, this);
    Object.defineProperty(track, 'enabled', {
      configurable: true,
      enumerable: true,
      get: () => this.#isOn,
      set: (isOn: unknown) => {
        for (const { onApp } of Array.from(this.#users.values())) onApp(Boolean(isOn));
      },
    });
  }

  join(user: EnabledSwitch, isOn: boolean, onApp: User['onApp']): void {
    this.#users.set(user, { isOn, onApp });
    this.#apply();
  }

  set(user: EnabledSwitch, isOn: boolean): void {
    const entry = this.#users.get(user);
    if (entry) entry.isOn = isOn;
    this.#apply();
  }

  leave(user: EnabledSwitch): void {
    const isOn = this.#isOn;
    this.#users.delete(user);
    if (this.#users.size > 0) return this.#apply();
    gates.delete(this.#track);
    // The browser's own property is on the prototype.
    delete (this.#track as { enabled?: boolean }).enabled;
    this.#track.enabled = isOn;
  }

  get #isOn(): boolean {
    return [...this.#users.values()].every(({ isOn }) => isOn);
  }

  #apply(): void {
    Reflect.set(Object.getPrototypeOf(this.#track) as object, 'enabled', this.#isOn, this.#track);
  }
}
