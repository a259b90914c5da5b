import type { CodedFrame, FrameAssembler } from './frame-assembler.ts';

/** Opus: each packet is one frame of a file (RFC 7587, section 4.2). */
export class OpusFrames implements FrameAssembler {
  #payload: Uint8Array | undefined;

  add(buffer: Uint8Array, start: number, end: number): void {
    this.#payload = buffer.subarray(start, end);
  }

  take(): CodedFrame | undefined {
    const payload = this.#payload;
    this.#payload = undefined;
    if (!payload || payload.length === 0) return undefined;
    return { data: payload, isKey: true, durationMs: opusDurationMs(payload) };
  }

  reset(): void {
    this.#payload = undefined;
  }
}

const samplesPerMs = 48;
/** Samples at 48 kHz in one frame of each configuration (RFC 6716, table 2): SILK, hybrid and CELT. */
const frameSamples = [480, 960, 1_920, 2_880, 480, 960, 120, 240, 480, 960] as const;

/** Milliseconds of audio in an Opus packet (RFC 6716, section 3.1). */
function opusDurationMs(packet: Uint8Array): number {
  const [toc = 0, counts = 0] = packet;
  const configuration = toc >> 3;
  const samples =
    configuration < 12
      ? frameSamples[configuration % 4]
      : configuration < 16
        ? frameSamples[4 + (configuration % 2)]
        : frameSamples[6 + (configuration % 4)];
  const code = toc & 0x03;
  const frames = code === 0 ? 1 : code === 3 ? counts & 0x3f : 2;
  return ((samples ?? 0) * frames) / samplesPerMs;
}
