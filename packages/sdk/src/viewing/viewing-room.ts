import type { AttachedElement } from './attached-element.ts';
import { moveOutput } from './move-output.ts';
import { browserScreen, type Screen } from './screen.ts';
import type { VideoCap } from './video-cap.ts';
import { type ConductOptions, type SharedViewing, ViewConduct, type ViewTiming } from './view-conduct.ts';
import type { Playback } from './playback.ts';
import type { VideoPause } from './video-wish.ts';

export interface ViewingRoomOptions {
  readonly cap: VideoCap;
  readonly onPlayback: (playback: Playback) => void;
  readonly onViewTimed: (timing: ViewTiming) => void;
  readonly screen?: Screen;
}

/** What concerns all views of a conference at once: playing them, and how many videos flow. */
export class ViewingRoom {
  readonly #shared: SharedViewing;
  readonly #onPlayback: (playback: Playback) => void;
  readonly #conducts = new Set<ViewConduct>();
  readonly #blocked = new Map<AttachedElement, string>();
  #stopPage: (() => void) | undefined;
  #audioOutput: string | undefined;

  constructor({ cap, onPlayback, onViewTimed, screen = browserScreen }: ViewingRoomOptions) {
    this.#onPlayback = onPlayback;
    this.#shared = {
      screen,
      cap,
      onTimed: onViewTimed,
      audioOutput: () => this.#audioOutput,
      onBlocked: (attached, streamId) => this.#changeBlocked(() => this.#blocked.set(attached, streamId)),
      onUnblocked: (attached) => {
        if (this.#blocked.has(attached)) this.#changeBlocked(() => this.#blocked.delete(attached));
      },
    };
  }

  conduct(options: ConductOptions): ViewConduct {
    const conduct: ViewConduct = new ViewConduct(options, this.#shared, () => this.#forget(conduct));
    this.#conducts.add(conduct);
    const { screen } = this.#shared;
    // Some browsers pause everything while the page is hidden.
    this.#stopPage ??= screen.watchPage(() => {
      if (screen.isPageVisible()) for (const attached of this.#attached()) attached.wake();
    });
    return conduct;
  }

  /** Why the video of the view over this connection does not flow; undefined when it does. */
  pauseOf(peer: RTCPeerConnection): VideoPause | undefined {
    return [...this.#conducts].find((conduct) => conduct.peer === peer)?.pause;
  }

  async setAudioOutput(deviceId: string): Promise<void> {
    const followers = [...this.#conducts].filter(({ elements }) => elements?.followsConference);
    const elements = followers.flatMap((conduct) => conduct.elements?.all ?? []);
    await moveOutput(elements, deviceId, this.#audioOutput);
    this.#audioOutput = deviceId;
  }

  /** @throws PlaybackBlockedError when the browser still wants a click. */
  async startPlayback(): Promise<void> {
    await Promise.all([...this.#blocked.keys()].map((attached) => attached.play()));
  }

  #forget(conduct: ViewConduct): void {
    this.#conducts.delete(conduct);
    if (this.#conducts.size > 0) return;
    this.#stopPage?.();
    this.#stopPage = undefined;
  }

  #attached(): readonly AttachedElement[] {
    return [...this.#conducts].flatMap(({ elements }) => elements?.all ?? []);
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
