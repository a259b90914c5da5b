import { DeviceLostError } from '../errors/device-lost-error.ts';
import { StreamNotFoundError } from '../errors/media-errors.ts';
import { deviceOf, openDevice, withoutDevice } from './capture.ts';
import type { DeviceWish } from './publish-options.ts';
import type { TrackKind } from './published-stream.ts';
import type { TrackProcessor } from './track-processor.ts';

export interface TrackSlotOptions {
  readonly streamId: () => string;
  readonly kind: TrackKind;
  readonly track: MediaStreamTrack;
  /** How the device is opened again; undefined when it cannot be. */
  readonly wish: DeviceWish | undefined;
  readonly isOurs: boolean;
  /** Sends `track` in the place of what is sent. */
  readonly send: (track: MediaStreamTrack, before: MediaStreamTrack) => Promise<void>;
  /** The system took the device, and no other could be had. */
  readonly onLost: (error: DeviceLostError) => void;
}

/** Where a captured track comes from, and what may be done with it. */
interface Input {
  readonly track: MediaStreamTrack;
  readonly wish: DeviceWish | undefined;
  readonly isOurs: boolean;
}

/** The place of one kind of media in a stream of ours: which track is in it, and what is done to it on its way. */
export class TrackSlot {
  readonly #options: TrackSlotOptions;
  readonly #closing = new AbortController();
  #input: Input;
  #sent: MediaStreamTrack;
  #processor: TrackProcessor | undefined;
  #processing: AbortController | undefined;
  #isMuted = false;
  #isHeld = false;
  /** One change after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: TrackSlotOptions) {
    const { track, wish, isOurs } = options;
    this.#options = options;
    this.#input = { track, wish, isOurs };
    this.#sent = track;
    track.addEventListener('ended', this.#onEnded);
  }

  /** Sends silence or black, or no longer. */
  setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted;
    this.#apply();
  }

  setHeld(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#apply();
  }

  /** Frees the device, if we can open it again. */
  release(): void {
    const { track, wish, isOurs } = this.#input;
    if (isOurs && wish !== undefined) track.stop();
  }

  /** Opens the device again if it was freed or lost. */
  reopen(): Promise<void> {
    return this.#inTurn(async () => {
      const { track, wish } = this.#input;
      if (track.readyState === 'live' || wish === undefined) return;
      await this.#open(wish);
    });
  }

  /** Takes another device or track. Of a device that is freed, only the wish is kept for later. */
  switchTo(source: DeviceWish | MediaStreamTrack): Promise<void> {
    return this.#inTurn(async () => {
      if (isTrack(source)) return this.#use({ track: source, wish: undefined, isOurs: false });
      if (this.#isMuted && this.#input.track.readyState === 'ended') {
        this.#input = { ...this.#input, wish: source, isOurs: true };
        return;
      }
      await this.#open(source);
    });
  }

  setProcessor(processor: TrackProcessor | undefined): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#processor;
      this.#processor = processor;
      try {
        if (this.#input.track.readyState === 'live') await this.#use(this.#input);
      } catch (error) {
        this.#processor = before;
        throw error;
      }
    });
  }

  close(): void {
    this.#closing.abort(new StreamNotFoundError(this.#options.streamId()));
    this.#processing?.abort();
    this.#forget(this.#input);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(() => {
      this.#closing.signal.throwIfAborted();
      return work();
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #open(wish: DeviceWish): Promise<void> {
    const track = await openDevice(this.#options.kind, wish, this.#closing.signal);
    track.contentHint = this.#input.track.contentHint;
    await this.#use({ track, wish, isOurs: true });
  }

  /** The old track goes on being sent until the new one is ready, and stays when that fails. */
  async #use(input: Input): Promise<void> {
    const { send } = this.#options;
    const processing = this.#processor && new AbortController();
    const [before, sentBefore, processingBefore] = [this.#input, this.#sent, this.#processing];
    try {
      input.track.enabled = this.#isOn;
      const sent =
        (processing && (await this.#processor?.process(input.track, processing.signal))) ?? input.track;
      this.#closing.signal.throwIfAborted();
      await send(sent, sentBefore);
      this.#closing.signal.throwIfAborted();
      this.#sent = sent;
    } catch (error) {
      processing?.abort();
      if (input.track !== before.track && input.isOurs) input.track.stop();
      throw error;
    }
    this.#input = input;
    this.#processing = processing;
    processingBefore?.abort();
    if (input.track !== before.track) {
      this.#forget(before);
      input.track.addEventListener('ended', this.#onEnded);
    }
    this.#apply();
  }

  #forget({ track, isOurs }: Input): void {
    track.removeEventListener('ended', this.#onEnded);
    if (isOurs) track.stop();
  }

  get #isOn(): boolean {
    return !this.#isMuted && !this.#isHeld;
  }

  #apply(): void {
    this.#input.track.enabled = this.#isOn;
    this.#sent.enabled = this.#isOn;
  }

  /** Only the system ends a track with this event: unplugged, or no longer allowed. */
  readonly #onEnded = (): void => {
    // A muted device is opened again when it is unmuted.
    if (!this.#isMuted) void this.#replaceLost();
  };

  async #replaceLost(): Promise<void> {
    const { kind, streamId, onLost } = this.#options;
    try {
      await this.#inTurn(async () => {
        const { track, wish } = this.#input;
        if (track.readyState === 'live') return;
        if (wish === undefined) throw new TypeError('Only the app can make this track again.');
        // Any other device is better than none. A function has thought of that itself.
        await this.#open(typeof wish === 'function' ? wish : withoutDevice(wish));
        // Next time, what was wished for may be back.
        this.#input = { ...this.#input, wish };
      });
    } catch (cause) {
      if (!this.#closing.signal.aborted) onLost(new DeviceLostError(deviceOf[kind], streamId(), { cause }));
    }
  }
}

function isTrack(source: DeviceWish | MediaStreamTrack): source is MediaStreamTrack {
  return typeof source === 'object' && 'readyState' in source;
}
