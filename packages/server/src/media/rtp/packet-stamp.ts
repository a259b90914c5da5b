import type { ExtensionIds } from '../header-extensions.ts';

/** Where the elements of a header extension begin in a packet without CSRCs. */
const elementsPosition = 16;
const transportElementBytes = 3;
const sendTimeElementBytes = 4;

/** Room that {@link reserveStamp} takes, in bytes. */
export function stampBytes(ids: ExtensionIds): number {
  return (
    (ids['transport-cc'] === undefined ? 0 : transportElementBytes) +
    (ids['abs-send-time'] === undefined ? 0 : sendTimeElementBytes)
  );
}

/**
 * Begins the header extension of a packet with elements for what is known only when it leaves; they come first, so that
 * {@link stampPacket} finds them without reading. Says where the next element goes.
 */
export function reserveStamp(out: Uint8Array, ids: ExtensionIds): number {
  let position = elementsPosition;
  if (ids['transport-cc'] !== undefined) {
    out[position] = (ids['transport-cc'] << 4) | 1;
    position += transportElementBytes;
  }
  if (ids['abs-send-time'] !== undefined) {
    out[position] = (ids['abs-send-time'] << 4) | 2;
    position += sendTimeElementBytes;
  }
  return position;
}

/** Writes the transport-wide number and the send time into a packet that is about to leave. */
export function stampPacket(
  out: Uint8Array,
  ids: ExtensionIds,
  transportNumber: number,
  nowMs: number,
): void {
  let position = elementsPosition;
  if (ids['transport-cc'] !== undefined) {
    out[position + 1] = (transportNumber >> 8) & 0xff;
    out[position + 2] = transportNumber & 0xff;
    position += transportElementBytes;
  }
  if (ids['abs-send-time'] !== undefined) {
    const time = absoluteSendTime(nowMs);
    out[position + 1] = time >> 16;
    out[position + 2] = (time >> 8) & 0xff;
    out[position + 3] = time & 0xff;
  }
}

/** Seconds in 6.18 fixed point (24 bits), as the abs-send-time extension wants them. */
function absoluteSendTime(nowMs: number): number {
  return Math.floor(((nowMs / 1_000) % 64) * 0x4_0000) & 0xff_ffff;
}
