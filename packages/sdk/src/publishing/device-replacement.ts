import type { ParleyError } from '@parley-rtc/client';
import { deviceOf, withoutDevice } from '../devices/capture.ts';
import type { DeviceRequest } from '../devices/media-source.ts';
import { DeviceLostError } from '../errors/device-lost-error.ts';
import { TrackEndedError } from '../errors/track-ended-error.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { pause } from '../waiting/pause.ts';
import { interruptionGraceMs } from '../waiting/recovery-policy.ts';

export interface DeviceReplacementOptions {
  readonly streamId: () => string;
  readonly kind: TrackKind;
  /** Aborts when nothing needs the device any more. */
  readonly closing: AbortSignal;
  readonly inUse: () => DeviceInUse;
  /** Opens a device in its turn, if it is still wanted then. */
  readonly reopen: (reopening: Reopening) => Promise<void>;
  /** The system took the device, and no other could be opened, or the processor ended what it sent. */
  readonly onLost: (error: ParleyError) => void;
}

interface DeviceInUse {
  /** The captured track. */
  readonly track: MediaStreamTrack | undefined;
  /** How to open the device again; undefined when that is impossible. */
  readonly request: DeviceRequest | undefined;
  readonly sent: MediaStreamTrack | undefined;
  readonly isMuted: boolean;
  /** Whether the device has to be open. */
  readonly isNeeded: boolean;
}

export interface Reopening {
  readonly open: DeviceRequest;
  /** What to open the next time: the preferred device may be back. */
  readonly request: DeviceRequest;
  readonly isWanted: () => boolean;
  readonly signal: AbortSignal;
}

/** Replaces a device that was lost (unplugged, no longer allowed, stopped by the app) or that the system silenced. */
export class DeviceReplacement {
  readonly #options: DeviceReplacementOptions;
  /** Aborts what opens a device unasked, which may wait for the user, once the app opens one itself. */
  #unasked = new AbortController();
  /** The track whose loss was handled already. */
  #lost: MediaStreamTrack | undefined;

  constructor(options: DeviceReplacementOptions) {
    this.#options = options;
  }

  watch(track: MediaStreamTrack): void {
    track.addEventListener('ended', this.#onEnded);
    track.addEventListener('mute', this.#onSilenced);
  }

  unwatch(track: MediaStreamTrack | undefined): void {
    track?.removeEventListener('ended', this.#onEnded);
    track?.removeEventListener('mute', this.#onSilenced);
  }

  /** The app opens a device itself. */
  giveWay(): void {
    this.#unasked.abort();
    this.#unasked = new AbortController();
  }

  /** Notices a track that the app or a processor stopped, which the browser does not announce. */
  checkEnded(): void {
    const { track, sent } = this.#options.inUse();
    if (track?.readyState === 'ended') this.#onEnded();
    else if (sent?.readyState === 'ended') this.#onProcessorEnded(sent);
  }

  /** Notices a device that is still silenced now that the page is back. */
  checkSilenced(): void {
    if (this.#options.inUse().track?.muted) this.#onSilenced();
  }

  readonly #onEnded = (): void => {
    const { track, request, isMuted } = this.#options.inUse();
    // Unmuting opens the device again.
    if ((isMuted && request !== undefined) || this.#lost === track) return;
    this.#lost = track;
    if (request === undefined) this.#reportLost(new TrackEndedError(this.#options.kind));
    else void this.#replaceLost(request, this.#unasked.signal);
  };

  /** Unmuting starts the processor again. */
  #onProcessorEnded(sent: MediaStreamTrack): void {
    if (this.#options.inUse().isMuted || this.#lost === sent) return;
    this.#lost = sent;
    this.#options.onLost(new TrackEndedError(this.#options.kind));
  }

  #reportLost(cause: unknown): void {
    const { kind, streamId, closing, onLost } = this.#options;
    if (!closing.aborted) onLost(new DeviceLostError(deviceOf[kind], streamId(), { cause }));
  }

  async #replaceLost(request: DeviceRequest, signal: AbortSignal): Promise<void> {
    const { inUse, reopen } = this.#options;
    // Any other device is better than none. A function makes its own choice.
    const open = typeof request === 'function' ? request : withoutDevice(request);
    const isWanted = () => inUse().isNeeded && inUse().track?.readyState !== 'live';
    try {
      await reopen({ open, request, isWanted, signal });
    } catch (error) {
      // If the app's own attempt fails, too, the loss is noticed again.
      if (signal.aborted) this.#lost = undefined;
      else this.#reportLost(error);
    }
  }

  readonly #onSilenced = (): void => {
    const { track, request } = this.#options.inUse();
    if (request !== undefined) void this.#replaceSilenced(track, request);
  };

  /**
   * Opens a device again that the system silenced and did not give back, as iOS does after a phone call. Only on a visible
   * page: iOS silences the cameras of hidden ones, and gives them back itself.
   */
  async #replaceSilenced(track: MediaStreamTrack | undefined, request: DeviceRequest): Promise<void> {
    const { inUse, reopen, closing } = this.#options;
    await pause(interruptionGraceMs, closing);
    const isWanted = () => {
      const now = inUse();
      const isSilenced = track === now.track && track?.readyState === 'live' && track.muted;
      return isSilenced && !now.isMuted && !isPageHidden();
    };
    // A device that is still taken is tried again when the page or the network returns, and on unmute.
    await reopen({ open: request, request, isWanted, signal: this.#unasked.signal }).catch(() => {});
  }
}

function isPageHidden(): boolean {
  const { document } = globalThis as { readonly document?: { readonly hidden: boolean } };
  return document?.hidden === true;
}
