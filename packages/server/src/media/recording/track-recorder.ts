import type { RecordedFile } from '@parley-rtc/contract';
import type { CodedFrame } from '../codecs/frame-assembler.ts';
import type { SimulcastSource } from '../incoming/simulcast-source.ts';
import type { SourceStream } from '../incoming/source-stream.ts';
import type { RecordedFileEnd, RecordedGap, RecorderFailure } from '../media-router.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';
import { bestLayer } from './best-layer.ts';
import { LayerReader } from './layer-reader.ts';
import { extensionOf } from './media-file.ts';
import { TrackFile } from './track-file.ts';
import type { WallClock } from './wall-clock.ts';

/** What {@link TrackRecorder} needs. */
export interface TrackRecorderOptions {
  readonly folder: string;
  /** Starts the names of its files. */
  readonly namePrefix: string;
  readonly wall: WallClock;
  /** When the recording began, on the router's clock. */
  readonly startedMs: number;
  /** Milliseconds of the router's clock. */
  readonly now: () => number;
}

/** Layers come and go with the publisher's bandwidth; each change costs every viewer a key frame. */
const holdLayerMs = 2_000;
/** Players can only seek to key frames, and the blocks of a file may span 32 seconds at most. */
const keyFrameIntervalMs = 20_000;
const flushIntervalMs = 500;
/** How long a recorder that starts waits for the largest layer, so that its file does not begin with a small video. */
const startPatienceMs = 500;

/** Records the audio or the video of one stream into one file, or several if its codec changes. */
export class TrackRecorder {
  readonly #options: TrackRecorderOptions;
  #current: LayerReader | undefined;
  /** A layer that replaces the current one with its next key frame. */
  #next: LayerReader | undefined;
  #changedLayerMs = Number.NEGATIVE_INFINITY;
  #firstPacketMs: number | undefined;
  #published: SimulcastSource | undefined;
  readonly #files: TrackFile[] = [];
  #file: TrackFile | undefined;
  #closings: readonly Promise<void>[] = [];
  #lossReason: RecordedGap['reason'] | undefined;
  #keyFrameMs = Number.NEGATIVE_INFINITY;
  #flushedMs = 0;
  #failure: RecorderFailure | undefined;

  constructor(options: TrackRecorderOptions) {
    this.#options = options;
  }

  /** Why nothing more can be written. */
  get failure(): RecorderFailure | undefined {
    return this.#failure;
  }

  get fileCount(): number {
    return this.#files.length;
  }

  describe(): readonly RecordedFile[] {
    return this.#files.map((file) => file.describe());
  }

  forward(
    published: SimulcastSource,
    source: SourceStream,
    packet: RtpPacket,
    number: number,
    nowMs: number,
  ): void {
    if (this.#failure) return;
    if (this.#published !== published || !this.#current) {
      this.#published = published;
      this.#chooseLayer(published, nowMs);
    }
    for (const reader of [this.#current, this.#next])
      if (reader?.source === source) reader.add(packet, number, nowMs);
  }

  /** Call it when the sender of a stream reports its clock. */
  senderReport(source: SourceStream): void {
    for (const reader of [this.#current, this.#next]) if (reader?.source === source) reader.reportClock();
  }

  /** Whether it needs the layer with this index, smallest first: the largest, and the one that stands in for it. */
  needsLayer(index: number): boolean {
    const { layers = [] } = this.#published ?? {};
    const layer = layers[index];
    const isUsed = layer !== undefined && (layer === this.#current?.source || layer === this.#next?.source);
    return isUsed || !this.#current || index === layers.length - 1;
  }

  /** Does what is due. Call it every 20 ms or so. */
  tick(nowMs: number): void {
    if (this.#published) this.#chooseLayer(this.#published, nowMs);
    this.#current?.tick(nowMs);
    this.#next?.tick(nowMs);
    if (nowMs - this.#flushedMs < flushIntervalMs) return;
    this.#flushedMs = nowMs;
    this.#file?.flush();
    const isDue = nowMs - this.#keyFrameMs >= keyFrameIntervalMs;
    if (this.#file?.codec.kind === 'video' && isDue) this.#current?.source.keyFrames.request(nowMs);
  }

  /** Completes the files; resolves when they are on disk. */
  async end(reason: RecordedFileEnd): Promise<void> {
    this.#current?.flush();
    this.#current = undefined;
    this.#next = undefined;
    this.#closeFile(reason);
    await Promise.all(this.#closings);
  }

  /** The best layer that arrives, from its next key frame on. */
  #chooseLayer(published: SimulcastSource, nowMs: number): void {
    const best = bestLayer(published);
    const current = this.#current;
    if (!best) return;
    if (!current || !published.layers.includes(current.source)) {
      this.#firstPacketMs ??= nowMs;
      const isLargest = best === published.layers.at(-1);
      if (!isLargest && nowMs - this.#firstPacketMs < startPatienceMs) return;
      current?.flush();
      this.#current = this.#open(best, nowMs);
      this.#next = undefined;
    } else if (best === current.source) {
      this.#next = undefined;
    } else if (this.#next?.source !== best && this.#mayChange(published, current.source, best, nowMs)) {
      this.#next = this.#open(best, nowMs);
    }
  }

  /** A fall fills a gap; a rise waits, because layers come and go. */
  #mayChange({ layers }: SimulcastSource, current: SourceStream, best: SourceStream, nowMs: number): boolean {
    const isFall = layers.indexOf(best) < layers.indexOf(current);
    return isFall || nowMs - this.#changedLayerMs >= holdLayerMs;
  }

  #open(source: SourceStream, nowMs: number): LayerReader {
    if (source.media.kind === 'video') source.keyFrames.request(nowMs);
    return new LayerReader({
      source,
      wall: this.#options.wall,
      onFrame: (frame, atMs, reader) => this.#take(frame, atMs, reader),
      onLoss: (reader) => this.#lose(reader),
    });
  }

  #lose(reader: LayerReader): void {
    if (reader !== this.#current) return;
    this.#lossReason ??= 'packets_lost';
    if (reader.source.media.kind === 'video') reader.source.keyFrames.request(this.#options.now());
  }

  #take(frame: CodedFrame, atMs: number, reader: LayerReader): void {
    if (reader === this.#next) {
      if (!frame.isKey) return;
      this.#current = reader;
      this.#next = undefined;
      this.#changedLayerMs = this.#options.now();
    }
    if (reader.needsKeyFrame && !frame.isKey) return;
    if (this.#file?.isCongested) {
      this.#lossReason = 'slow_disk';
      reader.needsKeyFrame = true;
      return;
    }
    reader.needsKeyFrame = false;
    if (frame.isKey) this.#keyFrameMs = this.#options.now();
    this.#write(frame, Math.max(0, atMs - this.#options.startedMs), reader);
  }

  #write(frame: CodedFrame, atMs: number, { source }: LayerReader): void {
    if (this.#failure) return;
    const { codec } = source.media;
    if (this.#file && this.#file.codec !== codec) this.#closeFile('codec_changed');
    try {
      this.#file ??= this.#createFile(frame, atMs, source);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#file.write(frame, atMs, this.#lossReason);
    this.#lossReason = undefined;
  }

  #createFile(first: CodedFrame, offsetMs: number, { media: { codec } }: SourceStream): TrackFile {
    const { folder, namePrefix } = this.#options;
    const name = `${namePrefix}-${codec.kind}-${this.#files.length + 1}.${extensionOf(codec)}`;
    const onFailure = (error: Error): void => this.#fail(error);
    const file = new TrackFile({ folder, name, codec, first, offsetMs, onFailure });
    this.#files.push(file);
    return file;
  }

  #closeFile(reason: RecordedFileEnd): void {
    const file = this.#file;
    this.#file = undefined;
    if (file) this.#closings = [...this.#closings, file.close(this.#failure ? 'write_failed' : reason)];
  }

  #fail(error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    this.#failure ??= code === 'ENOSPC' || code === 'EDQUOT' ? 'disk_full' : 'write_failed';
    this.#closeFile('write_failed');
  }
}
