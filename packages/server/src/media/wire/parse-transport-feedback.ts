/** When packets arrived, as reported by a receiver (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
export interface TransportArrivals {
  /** Transport-wide number (16 bits) of the first reported packet; the rest follow consecutively. */
  readonly firstNumber: number;
  /** In milliseconds of the receiver's clock, modulo {@link arrivalRingMs}; NaN for a packet that has not arrived. */
  readonly arrivedMs: readonly number[];
}

/** Arrival times have 24 bits of 64 ms, so they wrap after 12 days. */
export const arrivalRingMs: number = 2 ** 24 * 64;

const headerBytes = 16;
const ticksPerMs = 4;
/** More than any receiver reports in one message, and few enough to keep a message cheap. */
const maxStatuses = 4_096;
const smallDelta = 1;
const largeDelta = 2;

/** Parses the body after the RTCP header; undefined if it is malformed. */
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
      // An empty run would loop forever.
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
