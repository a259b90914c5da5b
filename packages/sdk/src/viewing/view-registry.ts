import type { Playback } from '../state/playback.ts';
import { latestValue, type SetLatest } from '../waiting/latest-value.ts';
import { playbackStartMs } from '../waiting/recovery-policy.ts';
import { settledWithin } from '../waiting/settled-within.ts';
import type { AttachedElement } from './attached-element.ts';
import type { VideoPause } from './desired-video.ts';
import { moveOutput } from './move-output.ts';
import { browserScreen } from './screen.ts';
import type { VideoCap } from './video-cap.ts';
import {
  ViewController,
  type SharedViewing,
  type ViewControllerOptions,
  type ViewTiming,
} from './view-controller.ts';

export interface ViewRegistryOptions {
  readonly cap: VideoCap;
  readonly onPlayback: (playback: Playback) => void;
  readonly onViewTimed: (timing: ViewTiming) => void;
}

/** All views of a conference, with their blocked playback and audio output. */
export class ViewRegistry {
  readonly #shared: SharedViewing;
  readonly #onPlayback: (playback: Playback) => void;
  readonly #controllers = new Set<ViewController>();
  readonly #blocked = new Map<AttachedElement, string>();
  #stopPage: (() => void) | undefined;
  #audioOutput: string | undefined;

  constructor({ cap, onPlayback, onViewTimed }: ViewRegistryOptions) {
    this.#onPlayback = onPlayback;
    this.#shared = {
      cap,
      onTimed: onViewTimed,
      audioOutput: () => this.#audioOutput,
      onBlocked: (attached, streamId) => this.#changeBlocked(() => this.#blocked.set(attached, streamId)),
      onUnblocked: (attached) => {
        if (this.#blocked.has(attached)) this.#changeBlocked(() => this.#blocked.delete(attached));
      },
    };
  }

  createController(options: ViewControllerOptions): ViewController {
    const controller: ViewController = new ViewController(options, this.#shared, () =>
      this.#forget(controller),
    );
    this.#controllers.add(controller);
    // Some browsers pause everything while the page is hidden.
    this.#stopPage ??= browserScreen.watchPage(() => {
      if (browserScreen.isPageVisible()) for (const attached of this.#attached()) attached.wake();
    });
    return controller;
  }

  /** Why the video of the view on this connection does not flow; undefined when it does. */
  pauseOf(peer: RTCPeerConnection): VideoPause | undefined {
    return [...this.#controllers].find((controller) => controller.peer === peer)?.pause;
  }

  /** Moves the views that follow the conference's output. The last call wins. */
  readonly setAudioOutput: SetLatest<string> = latestValue(async (deviceId) => {
    const followers = () =>
      [...this.#controllers].flatMap(({ elements }) => (elements?.followsConference ? elements.all : []));
    await moveOutput(followers, deviceId, () => this.#audioOutput);
    this.#audioOutput = deviceId;
  });

  /** @throws PlaybackBlockedError when the browser still requires a click. */
  async startPlayback(): Promise<void> {
    const playing = Promise.all([...this.#blocked.keys()].map((attached) => attached.play()));
    await Promise.race([playing, settledWithin(playbackStartMs, playing)]);
  }

  #forget(controller: ViewController): void {
    this.#controllers.delete(controller);
    if (this.#controllers.size > 0) return;
    this.#stopPage?.();
    this.#stopPage = undefined;
  }

  #attached(): readonly AttachedElement[] {
    return [...this.#controllers].flatMap(({ elements }) => elements?.all ?? []);
  }

  #changeBlocked(change: () => void): void {
    const before = blockedStreamIds(this.#blocked);
    change();
    const after = blockedStreamIds(this.#blocked);
    if (before.join() !== after.join()) this.#onPlayback({ blockedStreamIds: after });
  }
}

function blockedStreamIds(blocked: ReadonlyMap<AttachedElement, string>): readonly string[] {
  return [...new Set(blocked.values())].toSorted();
}
