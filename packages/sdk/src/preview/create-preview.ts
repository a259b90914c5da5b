import { withDeadline } from '@parley-rtc/client';
import { StreamTypeMismatchError } from '../errors/media-errors.ts';
import { type Captured, capture, deviceOf, openDevice, stopAll, tracksOf } from '../media/capture.ts';
import type { DeviceSource, DeviceWish } from '../media/publish-options.ts';
import type { TrackKind } from '../media/published-stream.ts';

export interface PreviewOptions extends DeviceSource {
  /** Gives up: what was captured is stopped. */
  readonly signal?: AbortSignal;
}

/** Camera and microphone before the call. */
export interface Preview extends Disposable {
  /** What the camera sees and the microphone hears; tracks that are switched take each other's place in it. */
  readonly mediaStream: MediaStream;
  /** Opens another device; what is there stays when that fails. */
  switchTo(source: DeviceSource): Promise<void>;
  /** For `publishStream({ preview })`: gives the media away, once, and leaves it running. */
  handOver(): Captured;
  /** Frees the devices, unless they were handed over. */
  stop(): void;
}

/**
 * Opens camera, microphone or both, to be shown and then published as they are.
 *
 * @throws the errors of `publishStream` for devices; AbortedError (`ERR_ABORTED`).
 */
export async function createPreview({ signal, ...source }: PreviewOptions): Promise<Preview> {
  const captured = await withDeadline({ operation: 'createPreview', signals: [signal] }, ({ signal }) =>
    capture(source, signal),
  );
  const { mediaStream } = captured;
  const wishes: Partial<Record<TrackKind, DeviceWish>> = { ...captured.wishes };
  const over = new AbortController();
  const assertOurs = () => {
    if (!over.signal.aborted) return;
    throw new StreamTypeMismatchError('This preview is over.', 'Make another one.');
  };
  const change = async (kind: TrackKind, wish: DeviceWish | undefined) => {
    if (!wish) return;
    const [before] = tracksOf(mediaStream, kind);
    if (!before) {
      throw new StreamTypeMismatchError(
        `This preview has no ${deviceOf[kind]}.`,
        'Make another one with it.',
      );
    }
    const next = await openDevice(kind, wish, over.signal);
    mediaStream.removeTrack(before);
    mediaStream.addTrack(next);
    before.stop();
    wishes[kind] = wish;
  };
  const stop = () => {
    if (over.signal.aborted) return;
    over.abort(new StreamTypeMismatchError('This preview is over.', 'Make another one.'));
    stopAll(mediaStream);
  };
  return {
    mediaStream,
    async switchTo({ camera, microphone }) {
      assertOurs();
      await Promise.all([change('video', camera), change('audio', microphone)]);
    },
    handOver() {
      assertOurs();
      over.abort(new StreamTypeMismatchError('This preview is published.', 'Switch the published stream.'));
      return { ...captured, wishes };
    },
    stop,
    [Symbol.dispose]: stop,
  };
}
