/** When packets arrived, as a receiver tells it (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
export interface TransportArrivals {
  /** Transport-wide number (16 bits) of the first packet that this is about; the others follow one by one. */
  readonly firstNumber: number;
  /**
   * By the receiver's clock, in milliseconds, in a ring of {@link arrivalRingMs}; NaN for a packet that has not arrived.
   */
  readonly arrivedMs: readonly number[];
}

/** Arrival times come in 24 bits of 64 ms, so they repeat after 12 days. */
export const arrivalRingMs: number = 2 ** 24 * 64;

const headerBytes = 16;
const ticksPerMs = 4;
/** More than any receiver tells at once, and few enough that one message costs little. */
const maxStatuses = 4_096;
const smallDelta = 1;
const largeDelta = 2;

/** Reads a message from after its RTCP header on; undefined when it makes no sense. */
export function parseTransportFeedback(body: Buffer): TransportArrivals | undefined {
  if (body.length < headerBytes) return undefined;
  const count = body.readUInt16BE(10);
  if (count === 0 || count > maxStatuses) return undefined;
  const { statuses, end } = readStatuses(body, count);
  if (statuses.length < count) return undefined;
  let position = end;
  let ticks = body.readUIntBE(12, 3) * 64 * ticksPerMs;
  const arrivedMs: number[] = [];
  for (const status of statuses) {
    if (status === smallDelta && position + 1 <= body.length) {
      ticks += body.readUInt8(position);
      position += 1;
      arrivedMs.push(ticks / ticksPerMs);
    } else if (status === largeDelta && position + 2 <= body.length) {
      ticks += body.readInt16BE(position);
      position += 2;
      arrivedMs.push(ticks / ticksPerMs);
    } else if (status === smallDelta || status === largeDelta) {
      return undefined;
    } else {
      arrivedMs.push(Number.NaN);
    }
  }
  return { firstNumber: body.readUInt16BE(8), arrivedMs };
}

/** Chunks of 16 bits: runs of one status, or vectors of 14 statuses of one bit or 7 of two. */
function readStatuses(body: Buffer, count: number): { statuses: number[]; end: number } {
  const statuses: number[] = [];
  let position = headerBytes;
  while (statuses.length < count && position + 2 <= body.length) {
    const chunk = body.readUInt16BE(position);
    position += 2;
    if (chunk < 0x8000) {
      const run = Math.min(chunk & 0x1fff, count - statuses.length);
      for (let index = 0; index < run; index += 1) statuses.push(chunk >> 13);
      // An empty run gets nobody further.
      if (run === 0) break;
      continue;
    }
    const bits = chunk & 0x4000 ? 2 : 1;
    for (let shift = 14 - bits; shift >= 0 && statuses.length < count; shift -= bits) {
      statuses.push((chunk >> shift) & (2 ** bits - 1));
    }
  }
  return { statuses, end: position };
}
