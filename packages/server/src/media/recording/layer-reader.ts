import type { CodedFrame, FrameAssembler } from '../codecs/frame-assembler.ts';
import type { SourceStream } from '../incoming/source-stream.ts';
import { adaptRed } from '../wire/red.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';
import { MediaClock } from './media-clock.ts';
import { PacketOrder } from './packet-order.ts';
import type { WallClock } from './wall-clock.ts';

/** What {@link LayerReader} needs. */
export interface LayerReaderOptions {
  readonly source: SourceStream;
  readonly wall: WallClock;
  /** Receives each frame with its time on the router's clock, in the sender's order. */
  readonly onFrame: (frame: CodedFrame, atMs: number, reader: LayerReader) => void;
  /** Called when a frame is lost for good, so that later ones may refer to what is missing. */
  readonly onLoss: (reader: LayerReader) => void;
}

/** Reads the frames of one RTP stream: packets in any order go in, frames with their times come out. */
export class LayerReader {
  readonly source: SourceStream;
  /** Whether the next frame that can be decoded is a key frame. */
  needsKeyFrame: boolean = true;
  readonly #options: LayerReaderOptions;
  readonly #assembler: FrameAssembler;
  readonly #clock: MediaClock;
  readonly #order: PacketOrder;
  #epoch: number;
  #timestamp: number | undefined;
  #arrivedMs = 0;

  constructor(options: LayerReaderOptions) {
    const { source, wall } = options;
    this.source = source;
    this.#options = options;
    const { codec } = source.media;
    this.#assembler = codec.createFrameAssembler();
    this.#clock = new MediaClock(codec.clockRate, wall);
    this.#order = new PacketOrder((packet, arrivedMs, isAfterGap) =>
      this.#take(packet, arrivedMs, isAfterGap),
    );
    this.#epoch = source.epoch;
    this.reportClock();
  }

  /** Takes a packet of the stream. */
  add(packet: RtpPacket, extendedNumber: number, nowMs: number): void {
    if (this.source.epoch !== this.#epoch) {
      this.#epoch = this.source.epoch;
      this.#order.restart();
      this.#lose();
    }
    this.#order.add(packet, extendedNumber, nowMs);
  }

  /** Takes the sender's newest clock report, if there is one. */
  reportClock(): void {
    if (this.source.clock) this.#clock.report(this.source.clock);
  }

  tick(nowMs: number): void {
    this.#order.tick(nowMs);
  }

  /** Passes on what still waits for missing packets. */
  flush(): void {
    this.#order.flush();
  }

  #take(packet: RtpPacket, arrivedMs: number, isAfterGap: boolean): void {
    if (isAfterGap) this.#lose();
    const { media } = this.source;
    const isRed = packet.payloadType === media.redPayloadType;
    const plain = isRed ? adaptRed(packet, media.payloadType, { payloadType: media.payloadType }) : packet;
    if (!plain || plain.payloadStart >= plain.payloadEnd) return;
    if (this.#timestamp !== undefined && plain.timestamp !== this.#timestamp) this.#emit();
    if (this.#timestamp === undefined) this.#arrivedMs = arrivedMs;
    this.#timestamp = plain.timestamp;
    this.#assembler.add(plain.buffer, plain.payloadStart, plain.payloadEnd);
    if (packet.marker || media.kind === 'audio') this.#emit();
  }

  #emit(): void {
    const timestamp = this.#timestamp;
    this.#timestamp = undefined;
    if (timestamp === undefined) return;
    const frame = this.#assembler.take();
    const atMs = this.#clock.timeOf(timestamp, this.#arrivedMs);
    if (frame) this.#options.onFrame(frame, atMs, this);
    else this.#lose();
  }

  #lose(): void {
    this.#timestamp = undefined;
    this.#assembler.reset();
    this.needsKeyFrame = true;
    this.#options.onLoss(this);
  }
}
