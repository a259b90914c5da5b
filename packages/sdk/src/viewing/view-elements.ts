import { InvalidOptionsError, type ParleyError } from '@parley-rtc/client';
import { latestValue, type SetLatest } from '../waiting/latest-value.ts';
import { AttachedElement } from './attached-element.ts';
import { moveOutput } from './move-output.ts';
import type { Detach } from './viewed-stream.ts';

/** Playback settings and callbacks that all views of a conference share. */
export interface SharedPlayback {
  /** The conference's audio output; undefined keeps the element's own. */
  readonly audioOutput: () => string | undefined;
  readonly onBlocked: (attached: AttachedElement, streamId: string) => void;
  readonly onUnblocked: (attached: AttachedElement) => void;
}

export interface ViewElementsOptions {
  readonly streamId: string;
  readonly mediaStream: MediaStream;
  readonly shared: SharedPlayback;
  readonly onProblem: (error: ParleyError) => void;
  /** An element was attached; the returned function is called when it is detached. */
  readonly onAttached: (element: HTMLMediaElement) => () => void;
}

/** The elements that show one view. */
export class ViewElements {
  readonly #options: ViewElementsOptions;
  readonly #attached = new Set<AttachedElement>();
  readonly #detaches = new WeakMap<HTMLMediaElement, Detach>();
  #volume: number | undefined;
  #audioOutput: string | undefined;
  /** Whether the view is about to have an output of its own. */
  #isMoving = false;

  constructor(options: ViewElementsOptions) {
    this.#options = options;
  }

  get all(): readonly AttachedElement[] {
    for (const attached of this.#attached) if (!attached.element) attached.detach();
    return [...this.#attached];
  }

  attach(element: HTMLMediaElement): Detach {
    const known = this.#detaches.get(element);
    if (known) return known;
    const { streamId, mediaStream, shared, onProblem, onAttached } = this.#options;
    // A weak reference, like all others here, lets an element be collected after the app drops it.
    const ref = new WeakRef(element);
    const attached: AttachedElement = new AttachedElement(element, {
      mediaStream,
      volume: this.#volume,
      onBlocked: (error) => {
        shared.onBlocked(attached, streamId);
        onProblem(error);
      },
      onPlaying: () => shared.onUnblocked(attached),
      onDetached: () => {
        this.#attached.delete(attached);
        const present = ref.deref();
        if (present) this.#detaches.delete(present);
        shared.onUnblocked(attached);
        stop();
      },
    });
    this.#attached.add(attached);
    const stop = onAttached(element);
    const audioOutput = this.#audioOutput ?? shared.audioOutput();
    if (audioOutput !== undefined) attached.setAudioOutput(audioOutput).catch(onProblem);
    const end = () => attached.detach();
    const detach = Object.assign(end, { [Symbol.dispose]: end });
    this.#detaches.set(element, detach);
    return detach;
  }

  setVolume(volume: number): void {
    if (!(volume >= 0 && volume <= 1)) {
      throw new InvalidOptionsError(`The volume cannot be ${volume}.`, 'Pass a number from 0 to 1.');
    }
    this.#volume = volume;
    for (const attached of this.all) attached.setVolume(volume);
  }

  /** The last call wins. */
  readonly setAudioOutput: SetLatest<string> = latestValue(async (deviceId) => {
    this.#isMoving = true;
    try {
      const before = () => this.#audioOutput ?? this.#options.shared.audioOutput();
      await moveOutput(() => this.all, deviceId, before);
      this.#audioOutput = deviceId;
    } finally {
      this.#isMoving = false;
    }
  });

  /** Whether the view uses the conference's audio output, not one of its own. */
  get followsConference(): boolean {
    return this.#audioOutput === undefined && !this.#isMoving;
  }

  detachAll(): void {
    for (const attached of this.#attached) attached.detach();
  }
}
