import { atBoundary, withBoundary, withDeadline } from '@parley-rtc/client';
import { capture, deviceOf, openDevice, stopAll, tracksOf } from '../devices/capture.ts';
import type { Captured, DeviceRequest, DeviceSource, MissingKinds } from '../devices/media-source.ts';
import { StreamTypeMismatchError } from '../errors/media-errors.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { latestValue } from '../waiting/latest-value.ts';

export interface PreviewOptions extends DeviceSource {
  /** Aborts opening: stops the captured media. Has no effect once the preview exists. */
  readonly signal?: AbortSignal;
}

/** A preview of camera and microphone before the call. */
export interface Preview extends Disposable {
  /** The captured media; `switchTo` replaces its tracks. */
  readonly mediaStream: MediaStream;
  /** The devices that `allowMissing` did without, with the error of each; empty if nothing is missing. */
  readonly missing: MissingKinds;
  /**
   * Switches to other devices. Keeps the current one when opening the new one fails. A newer call replaces a running one. A
   * track that you disabled stays disabled.
   */
  switchTo(source: DeviceSource): Promise<void>;
  /** Used by `publishStream({ preview })`: transfers the running media, once. */
  handOver(): Captured;
  /** Releases the devices, unless the preview was published. */
  stop(): void;
}

/**
 * Opens camera, microphone or both for a preview. Publish the same media later with `publishStream({ preview })`.
 *
 * @throws the errors of `publishStream` for devices; AbortedError (`ERR_ABORTED`).
 */
export function createPreview(options: PreviewOptions): Promise<Preview> {
  return atBoundary('createPreview', () => openPreview(options));
}

async function openPreview({ signal, ...source }: PreviewOptions): Promise<Preview> {
  const captured = await withDeadline({ operation: 'createPreview', signals: [signal] }, ({ signal }) =>
    capture(source, signal),
  );
  const { mediaStream } = captured;
  const requests: Partial<Record<TrackKind, DeviceRequest>> = { ...captured.requests };
  const over = new AbortController();
  const changing = (kind: TrackKind) =>
    latestValue<DeviceRequest>(async (request, superseded) => {
      const [before] = tracksOf(mediaStream, kind);
      if (!before) {
        throw new StreamTypeMismatchError(
          `This preview has no ${deviceOf[kind]}.`,
          'Create another one with it.',
        );
      }
      const next = await openDevice(kind, request, [over.signal, superseded]);
      // It may have opened in the same moment in which the preview ended.
      if (over.signal.aborted) next.stop();
      over.signal.throwIfAborted();
      next.enabled = before.enabled;
      mediaStream.removeTrack(before);
      mediaStream.addTrack(next);
      before.stop();
      requests[kind] = request;
    });
  const change = { audio: changing('audio'), video: changing('video') };
  const stop = () => {
    if (over.signal.aborted) return;
    over.abort(new StreamTypeMismatchError('This preview has ended.', 'Create another one.'));
    stopAll(mediaStream);
  };
  return withBoundary<Preview>({
    mediaStream,
    missing: captured.missing ?? {},
    async switchTo({ camera, microphone }) {
      over.signal.throwIfAborted();
      await Promise.all([camera && change.video(camera), microphone && change.audio(microphone)]);
    },
    handOver() {
      over.signal.throwIfAborted();
      over.abort(
        new StreamTypeMismatchError('This preview is already published.', 'Switch the published stream.'),
      );
      return { ...captured, requests };
    },
    stop,
    [Symbol.dispose]: stop,
  });
}
