import { withDeadline, type ParleyError } from '@parley-rtc/client';
import { openDevice } from '../devices/capture.ts';
import type { DeviceRequest } from '../devices/media-source.ts';
import { StreamNotFoundError } from '../errors/media-errors.ts';
import { TrackEndedError } from '../errors/track-ended-error.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { latestValue, type SetLatest } from '../waiting/latest-value.ts';
import { serialQueue } from '../waiting/serial-queue.ts';
import { DeviceReplacement, type Reopening } from './device-replacement.ts';
import { isSent } from './is-sent.ts';
import { runProcessor } from './run-processor.ts';
import type { TrackProcessor } from './track-processor.ts';
import { TrackSwitches } from './track-switches.ts';

export interface TrackSlotOptions {
  readonly streamId: () => string;
  readonly kind: TrackKind;
  /** Undefined while the device is not open yet, which requires a `request`. */
  readonly track: MediaStreamTrack | undefined;
  /** How to open the device again; undefined when that is impossible. */
  readonly request: DeviceRequest | undefined;
  readonly isOurs: boolean;
  /** The hint for tracks that the slot opens; empty for none. */
  readonly contentHint: string;
  readonly isMuted: boolean;
  /** Whether the device stays open while muted. */
  readonly keepsDevice: boolean;
  readonly isHeld: boolean;
  /** Sends `sent`, made from `captured`, instead of `before`. */
  readonly send: (
    sent: MediaStreamTrack,
    before: MediaStreamTrack | undefined,
    captured: MediaStreamTrack,
  ) => Promise<void>;
  /** The system took the device, and no other could be opened, or the processor ended what it sent. */
  readonly onLost: (error: ParleyError) => void;
  /** The app set `enabled` of the track. */
  readonly onEnabledByApp: (isEnabled: boolean) => void;
}

type Source = DeviceRequest | MediaStreamTrack;

/** A captured track, and how to open its device again. */
interface Input {
  readonly track: MediaStreamTrack | undefined;
  readonly request: DeviceRequest | undefined;
  readonly isOurs: boolean;
}

/**
 * One kind of media in a published stream: its source track, its processing, and what is sent. Off is immediate and needs
 * nothing to succeed; everything that can fail or take time happens in turn, and reads the current state when it is done.
 */
export class TrackSlot {
  readonly #options: TrackSlotOptions;
  readonly #closing = new AbortController();
  readonly #queue = serialQueue();
  /** Of the tracks in use: the captured one and, with a processor, the processed one. */
  readonly #switches = new TrackSwitches((isEnabled) => this.#onApp(isEnabled));
  readonly #replacement: DeviceReplacement;
  #input: Input;
  #sent: MediaStreamTrack | undefined;
  #processor: TrackProcessor | undefined;
  #processing: AbortController | undefined;
  #isMuted: boolean;
  #isHeld: boolean;
  #isEnabledByApp: boolean;
  /** How often the app has set `enabled`. */
  #appCalls = 0;
  /** Whether the device has to be open: false while muted without keeping it. */
  #isNeeded: boolean;
  /** Whether `#input.request` is newer than `#input.track`. */
  #isOutdated = false;
  constructor(options: TrackSlotOptions) {
    const { track, request, isOurs, isMuted, isHeld, keepsDevice, streamId, kind, onLost } = options;
    this.#options = options;
    this.#replacement = new DeviceReplacement({
      streamId,
      kind,
      onLost,
      closing: this.#closing.signal,
      inUse: () => ({ ...this.#input, sent: this.#sent, isMuted: this.#isMuted, isNeeded: this.#isNeeded }),
      reopen: (reopening) => this.#inTurn(() => this.#replace(reopening)),
    });
    this.#input = { track, request, isOurs };
    this.#sent = track;
    this.#isMuted = isMuted;
    this.#isHeld = isHeld;
    this.#isNeeded = !isMuted || keepsDevice;
    this.#isEnabledByApp = track?.enabled ?? true;
    if (track) this.#adopt(track);
    this.#freeUnused();
  }

  /** Whether other participants receive silence or black because of this participant. */
  get isMuted(): boolean {
    return this.#isMuted || !this.#isEnabledByApp;
  }

  /** The track to send; undefined while the device was never opened. */
  get sent(): MediaStreamTrack | undefined {
    return this.#sent;
  }

  /** The captured track, before any processing. */
  get captured(): MediaStreamTrack | undefined {
    return this.#input.track;
  }

  /** Sends silence or black. Frees the device if it can be opened again and is not kept. */
  mute(keepsDevice: boolean): void {
    this.#isMuted = true;
    this.#isNeeded = keepsDevice;
    this.#apply();
    this.#freeUnused();
  }

  /** Sends media. Call it after `open`. Also overrides a track that the app disabled. */
  unmute(): void {
    this.#isMuted = false;
    this.#isEnabledByApp = true;
    this.#apply();
  }

  setHeld(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#apply();
  }

  /**
   * Opens the device again if it was freed, lost or interrupted.
   *
   * @throws TrackEndedError (`ERR_TRACK_ENDED`) when the track has ended and only the app or the user can replace it.
   */
  open(signal: AbortSignal): Promise<void> {
    this.#isNeeded = true;
    this.#replacement.giveWay();
    const deadline = { operation: 'unmute', signals: [signal] };
    return withDeadline(deadline, ({ signal }) => this.#inTurn(() => this.#reopen(signal)));
  }

  /** Makes sure that the track is live before it is published. @throws TrackEndedError (`ERR_TRACK_ENDED`). */
  async begin(signal: AbortSignal): Promise<void> {
    if (this.#isNeeded && this.#input.track?.readyState !== 'live') await this.open(signal);
  }

  /** Switches to another device or track. While the device is freed, only stores the request for later. */
  readonly switchTo: SetLatest<Source> = latestValue((source, superseded) => {
    this.#replacement.giveWay();
    return this.#inTurn(async () => {
      superseded.throwIfAborted();
      if (isTrack(source)) {
        if (source.readyState === 'ended') throw new TrackEndedError(this.#options.kind);
        return this.#use({ track: source, request: undefined, isOurs: false });
      }
      if (this.#isNeeded) return this.#open(source, superseded);
      this.#input = { ...this.#input, request: source };
      this.#isOutdated = true;
    });
  });

  readonly setProcessor: SetLatest<TrackProcessor | undefined> = latestValue((processor, superseded) =>
    this.#inTurn(async () => {
      superseded.throwIfAborted();
      const before = this.#processor;
      this.#processor = processor;
      try {
        const { track } = this.#input;
        if (track?.readyState === 'live') await this.#use({ ...this.#input, track });
      } catch (error) {
        this.#processor = before;
        throw error;
      }
    }),
  );

  /** Notices a track that the app or a processor stopped, which the browser does not announce. */
  checkEnded(): void {
    this.#replacement.checkEnded();
  }

  /** Notices a device that is still silenced now that the page is back. */
  checkInterrupted(): void {
    this.#replacement.checkSilenced();
  }

  close(): void {
    this.#closing.abort(new StreamNotFoundError(this.#options.streamId()));
    this.#processing?.abort();
    this.#forget(this.#input);
    // Muted tracks of the app stay off, so that publishing them again does not turn them on.
    this.#switches.keep([], !this.isMuted);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#queue(async () => {
      this.#closing.signal.throwIfAborted();
      try {
        return await work();
      } finally {
        // The app may have muted while the work opened a device.
        this.#freeUnused();
      }
    });
  }

  async #reopen(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { track, request } = this.#input;
    const isUsable = track?.readyState === 'live' && !this.#isOutdated;
    if (isUsable && !(track.muted && request !== undefined)) {
      if (this.#sent?.readyState === 'ended') await this.#use({ ...this.#input, track });
      return;
    }
    if (request === undefined) throw new TrackEndedError(this.#options.kind);
    await this.#open(request, signal);
  }

  async #replace({ open, request, isWanted, signal }: Reopening): Promise<void> {
    if (isWanted()) await this.#open(open, signal, request);
  }

  /** `nextRequest` is what to open the next time. */
  async #open(request: DeviceRequest, superseded: AbortSignal, nextRequest = request): Promise<void> {
    const { kind, contentHint } = this.#options;
    const track = await openDevice(kind, request, [this.#closing.signal, superseded]);
    if (contentHint) track.contentHint = contentHint;
    await this.#use({ track, request: nextRequest, isOurs: true });
  }

  /** Sends the old track until the new one is ready, and keeps it when that fails. */
  async #use(input: Input & { readonly track: MediaStreamTrack }): Promise<void> {
    const { track } = input;
    const before = this.#input;
    const processor = this.#processor;
    const processing = processor && new AbortController();
    const processingBefore = this.#processing;
    // A track that the app passes disabled stays so, and so does a microphone that it disabled before.
    const wasEnabled = track.enabled;
    const appCalls = this.#appCalls;
    let sent = track;
    try {
      this.#switches.add(track, this.#isOn && wasEnabled);
      if (processing) sent = await runProcessor(processor, track, processing.signal, this.#closing.signal);
      this.#closing.signal.throwIfAborted();
      this.#switches.add(sent, this.#isOn && wasEnabled);
      await this.#options.send(sent, this.#sent, track);
      this.#closing.signal.throwIfAborted();
    } catch (error) {
      processing?.abort();
      if (track !== before.track && input.isOurs) track.stop();
      this.#switches.keep([this.#input.track, this.#sent], !this.isMuted);
      throw error;
    }
    this.#input = input;
    this.#sent = sent;
    this.#isOutdated = false;
    this.#processing = processing;
    processingBefore?.abort();
    if (track !== before.track) {
      this.#forget(before);
      this.#replacement.watch(track);
    }
    this.#switches.keep([track, sent], !this.isMuted);
    if (!wasEnabled && track !== before.track && appCalls === this.#appCalls) this.#onApp(false);
    this.#apply();
  }

  #adopt(track: MediaStreamTrack): void {
    const { contentHint } = this.#options;
    if (contentHint) track.contentHint = contentHint;
    this.#switches.add(track, this.#isOn);
    this.#replacement.watch(track);
  }

  #forget({ track, isOurs }: Input): void {
    this.#replacement.unwatch(track);
    if (isOurs) track?.stop();
  }

  /** Stops a device that nothing uses, and its processing. `open` starts both again. */
  #freeUnused(): void {
    const { track, request, isOurs } = this.#input;
    if (this.#isNeeded || !isOurs || request === undefined) return;
    track?.stop();
    this.#processing?.abort();
    this.#processing = undefined;
  }

  get #isOn(): boolean {
    return isSent({ isMuted: this.#isMuted, isHeld: this.#isHeld, isEnabledByApp: this.#isEnabledByApp });
  }

  #apply(): void {
    this.#switches.set(this.#isOn);
  }

  #onApp(isEnabled: boolean): void {
    this.#appCalls += 1;
    // Disabling again matters: an `unmute` may be under way.
    if (isEnabled && this.#isEnabledByApp) return;
    this.#isEnabledByApp = isEnabled;
    this.#apply();
    this.#options.onEnabledByApp(isEnabled);
  }
}

function isTrack(source: Source): source is MediaStreamTrack {
  return typeof source === 'object' && 'readyState' in source;
}
