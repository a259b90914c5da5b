import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  Output,
  StreamTarget,
  WebMOutputFormat,
  type StreamTargetChunk,
} from 'mediabunny';
import type { Codec } from '../codecs/codec.ts';
import type { CodedFrame } from '../codecs/frame-assembler.ts';
import { DiskFile } from './disk-file.ts';
import { unfinishedWebm } from './unfinished-webm.ts';

/** What {@link MediaFile} needs. */
export interface MediaFileOptions {
  readonly path: string;
  readonly codec: Codec;
  /** The first frame, a key frame; its own {@link MediaFile.write} follows. */
  readonly first: CodedFrame;
  /** Called once when the file cannot be written. */
  readonly onFailure: (error: Error) => void;
}

/** Names of codecs in the muxer. */
const muxerNames = { VP8: 'vp8', VP9: 'vp9', AV1: 'av1', H264: 'avc' } as const;

type MuxedVideoCodec = (typeof muxerNames)[keyof typeof muxerNames];

/** The ending of a codec's files. WebM has no H.264, and MP4 cannot be written frame by frame. */
export function extensionOf({ name }: Codec): string {
  return name === 'H264' ? 'mkv' : 'webm';
}

type AddFrame = (frame: CodedFrame, atMs: number) => Promise<void>;

/** One track in one WebM or Matroska file, which plays even while it is written. */
export class MediaFile {
  readonly #disk: DiskFile;
  readonly #output: Output;
  readonly #add: AddFrame;
  readonly #onFailure: (error: Error) => void;
  /** Frames in the order in which they are muxed. */
  #tail: Promise<void>;
  #appendedBytes = 0;
  #hasFailed = false;

  /** @throws Error when the file exists or cannot be created */
  constructor({ path, codec, first, onFailure }: MediaFileOptions) {
    this.#onFailure = onFailure;
    this.#disk = new DiskFile(path, (error) => this.#fail(error));
    const target = new StreamTarget(new WritableStream({ write: (chunk) => this.#write(chunk) }));
    const format = extensionOf(codec) === 'mkv' ? new MkvOutputFormat() : new WebMOutputFormat();
    this.#output = new Output({ format, target });
    this.#add =
      codec.kind === 'audio' ? addOpusTo(this.#output, codec) : addVideoTo(this.#output, codec, first);
    this.#tail = this.#output.start();
    this.#tail.catch((error: unknown) => this.#fail(error));
  }

  get bytes(): number {
    return this.#disk.bytes;
  }

  /** What the disk has not taken yet. */
  get pendingBytes(): number {
    return this.#disk.pendingBytes;
  }

  /** Appends a frame, `atMs` after the first one. */
  write(frame: CodedFrame, atMs: number): void {
    if (this.#hasFailed) return;
    this.#tail = this.#tail.then(() => this.#add(frame, atMs)).catch((error: unknown) => this.#fail(error));
  }

  /** Hands what was written to the operating system. */
  flush(): void {
    void this.#disk.flush();
  }

  /** Completes the file; resolves when it is on disk, or has failed. */
  async close(): Promise<void> {
    await this.#tail;
    try {
      if (!this.#hasFailed) await this.#output.finalize();
    } catch (error) {
      this.#fail(error);
    }
    await this.#disk.close();
  }

  #write({ data, position }: StreamTargetChunk): void {
    const isAppended = position === this.#appendedBytes;
    this.#appendedBytes = Math.max(this.#appendedBytes, position + data.length);
    this.#disk.write(isAppended ? unfinishedWebm(data) : data, position);
  }

  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#onFailure(error instanceof Error ? error : new Error(String(error)));
  }
}

function addVideoTo(output: Output, codec: Codec, { format }: CodedFrame): AddFrame {
  const name = (muxerNames as Readonly<Record<string, MuxedVideoCodec | undefined>>)[codec.name];
  if (!name || !format) throw new Error(`${codec.name} cannot be recorded.`);
  const { codecString, widthPx, heightPx, description } = format;
  const decoderConfig = {
    codec: codecString,
    codedWidth: widthPx,
    codedHeight: heightPx,
    ...(description && { description }),
  };
  const source = new EncodedVideoPacketSource(name);
  output.addVideoTrack(source);
  return ({ data, isKey }, atMs) =>
    source.add(new EncodedPacket(data, isKey ? 'key' : 'delta', atMs / 1_000, 0), { decoderConfig });
}

/** Decoders start with this much silence (RFC 7845, section 4.2): none, because the stream began earlier. */
const preSkip = 0;

function addOpusTo(output: Output, { clockRate, channels }: Codec): AddFrame {
  const source = new EncodedAudioPacketSource('opus');
  output.addAudioTrack(source);
  const decoderConfig = {
    codec: 'opus',
    numberOfChannels: channels,
    sampleRate: clockRate,
    description: opusHeader(clockRate, channels),
  };
  return ({ data, durationMs = 0 }, atMs) =>
    source.add(new EncodedPacket(data, 'key', atMs / 1_000, durationMs / 1_000), { decoderConfig });
}

/** The identification header (RFC 7845, section 5.1), which is the track's configuration in WebM. */
function opusHeader(sampleRate: number, channels: number): Uint8Array {
  const header = Buffer.alloc(19);
  header.write('OpusHead', 'latin1');
  header.writeUInt8(1, 8);
  header.writeUInt8(channels, 9);
  header.writeUInt16LE(preSkip, 10);
  header.writeUInt32LE(sampleRate, 12);
  return header;
}
