import type { MediaKind } from '../codecs/codec.ts';
import type { SimulcastSource } from '../incoming/simulcast-source.ts';
import type { SourceStream } from '../incoming/source-stream.ts';
import type { RecordedFileEnd, RecorderReport, RecordRequest } from '../media-router.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';
import { TrackRecorder, type TrackRecorderOptions } from './track-recorder.ts';
import { WallClock } from './wall-clock.ts';

/** What {@link StreamRecorder} needs. */
export interface StreamRecorderOptions extends Pick<TrackRecorderOptions, 'startedMs' | 'now'> {
  readonly request: RecordRequest;
  readonly onReport: (report: RecorderReport) => void;
}

const reportIntervalMs = 1_000;

/** Writes the audio and the video of one stream to files, without decoding them. */
export class StreamRecorder {
  readonly #options: StreamRecorderOptions;
  readonly #tracks: Readonly<Record<MediaKind, TrackRecorder>>;
  #reportedMs = Number.NEGATIVE_INFINITY;
  #reportedFiles = 0;

  constructor(options: StreamRecorderOptions) {
    this.#options = options;
    const { request, startedMs, now } = options;
    const track = {
      folder: request.folder,
      namePrefix: request.namePrefix,
      wall: new WallClock(),
      startedMs,
      now,
    };
    this.#tracks = { audio: new TrackRecorder(track), video: new TrackRecorder(track) };
  }

  forward(published: SimulcastSource, source: SourceStream, packet: RtpPacket, extendedNumber: number): void {
    this.#tracks[source.media.kind].forward(published, source, packet, extendedNumber, this.#options.now());
  }

  /** Call it when the source reports its clock. */
  senderReport(source: SourceStream): void {
    this.#tracks[source.media.kind].senderReport(source);
  }

  /** Whether it needs the layer of the video with this index, smallest first. */
  needsLayer(index: number): boolean {
    return this.#tracks.video.needsLayer(index);
  }

  /** Does what is due. Call it every 20 ms or so. */
  tick(nowMs: number): void {
    this.#tracks.audio.tick(nowMs);
    this.#tracks.video.tick(nowMs);
    const files = this.#tracks.audio.fileCount + this.#tracks.video.fileCount;
    // A new file is reported immediately, so that its offset is known even if this process dies.
    if (nowMs - this.#reportedMs < reportIntervalMs && files === this.#reportedFiles) return;
    this.#reportedMs = nowMs;
    this.#reportedFiles = files;
    this.#options.onReport(this.#describe(false));
  }

  /** Completes the files and reports them; resolves when they are on disk. */
  async end(reason: RecordedFileEnd): Promise<void> {
    await Promise.all([this.#tracks.audio.end(reason), this.#tracks.video.end(reason)]);
    this.#options.onReport(this.#describe(true));
  }

  #describe(isEnded: boolean): RecorderReport {
    const { audio, video } = this.#tracks;
    const failure = audio.failure ?? video.failure;
    return {
      recorderId: this.#options.request.recorderId,
      files: [...audio.describe(), ...video.describe()],
      isEnded,
      ...(failure && { failure }),
    };
  }
}
