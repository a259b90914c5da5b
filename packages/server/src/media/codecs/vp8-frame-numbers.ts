import { droppedFrame, unnumberedFrame, type FrameNumbers } from './frame-numbers.ts';
import { createVp8Descriptor, readVp8Descriptor } from './vp8-descriptor.ts';

/** Number of frames that a late packet may belong to. */
const remembered = 256;
/** A jump over more frames than this means that the source restarted. */
const maxStep = 128;
/** Patterns of temporal layers repeat within this many frames. */
const judgedFrames = 32;
const maxPictureId = 0x7fff;
const highestTemporalId = 3;

/**
 * VP8: keeps picture ids contiguous and TL0PICIDX in step with them (RFC 7741, section 4.2), so that a decoder neither
 * waits for dropped frames nor notices a change of layer. Drops temporal layers above `maxTemporalId`.
 */
export class Vp8FrameNumbers implements FrameNumbers {
  maxTemporalId: number = highestTemporalId;
  readonly #descriptor = createVp8Descriptor();
  /** The marks of the source's newest frames, by extended picture id. */
  readonly #ids = new Float64Array(remembered).fill(Number.NaN);
  readonly #marks = new Int32Array(remembered);
  #isBeginning = true;
  #newest = 0;
  #offset = 0;
  #tl0Offset = 0;
  #temporalId = highestTemporalId;
  #highestSeen = 0;
  #highestLately = 0;
  #framesLately = 0;
  #lastPictureId = 0;
  #lastTl0 = 0;

  get highestTemporalId(): number {
    return this.#highestSeen;
  }

  begin(): void {
    this.#isBeginning = true;
  }

  mark(buffer: Uint8Array, start: number, end: number): number {
    const descriptor = this.#descriptor;
    if (!readVp8Descriptor(buffer, start, end, descriptor) || descriptor.pictureIdPosition < 0) {
      return unnumberedFrame;
    }
    const tl0 = descriptor.tl0Position < 0 ? 0 : (buffer[descriptor.tl0Position] ?? 0);
    let id = this.#extend(descriptor.pictureId, 2 ** descriptor.pictureIdBits);
    if (this.#isBeginning || Math.abs(id - this.#newest) > maxStep) {
      id = descriptor.pictureId;
      this.#startAt(id, tl0);
    }
    if (id <= this.#newest)
      return this.#ids[id & 0xff] === id ? (this.#marks[id & 0xff] ?? droppedFrame) : droppedFrame;

    // Skipped frames may still arrive, so their numbers stay reserved.
    for (let skipped = this.#newest + 1; skipped < id; skipped += 1) {
      this.#remember(skipped, pack(skipped + this.#offset, this.#lastTl0));
    }
    this.#newest = id;
    this.#see(descriptor.temporalId);
    this.#followTarget(descriptor.temporalId, descriptor.isLayerSync);
    if (descriptor.temporalId > this.#temporalId) {
      this.#offset -= 1;
      return this.#remember(id, droppedFrame);
    }
    this.#lastPictureId = id + this.#offset;
    this.#lastTl0 = (tl0 + this.#tl0Offset) & 0xff;
    return this.#remember(id, pack(this.#lastPictureId, this.#lastTl0));
  }

  write(buffer: Uint8Array, start: number, end: number, mark: number): void {
    const descriptor = this.#descriptor;
    if (mark < 0 || !readVp8Descriptor(buffer, start, end, descriptor)) return;
    const { pictureIdPosition, tl0Position } = descriptor;
    const pictureId = mark & maxPictureId;
    if (descriptor.pictureIdBits === 15) {
      buffer[pictureIdPosition] = 0x80 | (pictureId >> 8);
      buffer[pictureIdPosition + 1] = pictureId & 0xff;
    } else {
      buffer[pictureIdPosition] = pictureId & 0x7f;
    }
    if (tl0Position >= 0) buffer[tl0Position] = mark >> 15;
  }

  /** Records a frame's layer; forgets layers that have been absent for some time. */
  #see(temporalId: number): void {
    this.#highestLately = Math.max(this.#highestLately, temporalId);
    this.#highestSeen = Math.max(this.#highestSeen, temporalId);
    this.#framesLately += 1;
    if (this.#framesLately < judgedFrames) return;
    this.#highestSeen = this.#highestLately;
    this.#highestLately = 0;
    this.#framesLately = 0;
  }

  #startAt(id: number, tl0: number): void {
    this.#isBeginning = false;
    this.#ids.fill(Number.NaN);
    this.#newest = id - 1;
    this.#offset = this.#lastPictureId + 1 - id;
    this.#tl0Offset = this.#lastTl0 + 1 - tl0;
    this.#temporalId = this.maxTemporalId;
  }

  #followTarget(temporalId: number, isLayerSync: boolean): void {
    if (this.maxTemporalId < this.#temporalId) this.#temporalId = this.maxTemporalId;
    else if (isLayerSync && temporalId > this.#temporalId && temporalId <= this.maxTemporalId) {
      this.#temporalId = temporalId;
    }
  }

  #extend(pictureId: number, span: number): number {
    const difference = (((pictureId - this.#newest) % span) + span) % span;
    return this.#newest + (difference < span / 2 ? difference : difference - span);
  }

  #remember(id: number, mark: number): number {
    this.#ids[id & 0xff] = id;
    this.#marks[id & 0xff] = mark;
    return mark;
  }
}

function pack(pictureId: number, tl0: number): number {
  return (pictureId & maxPictureId) | (tl0 << 15);
}
