import type { ExtensionIds } from '../header-extensions.ts';

/** Where a packet without CSRCs says how long the headers of its extension elements are. */
const profilePosition = 12;
/** Offset of the header extension's elements in a packet without CSRCs. */
const elementsPosition = 16;
const transportContentBytes = 2;
const sendTimeContentBytes = 3;

/** The size of an element's header (RFC 8285): one byte for content of up to 16 bytes, two for more. */
export type ElementHeaderBytes = 1 | 2;

const profiles: Readonly<Record<ElementHeaderBytes, number>> = { 1: 0xbede, 2: 0x1000 };

/** Starts a packet's header extension with elements of this form, in this many words. */
export function writeExtensionHeader(out: Buffer, headerBytes: ElementHeaderBytes, words: number): void {
  out.writeUInt16BE(profiles[headerBytes], profilePosition);
  out.writeUInt16BE(words, profilePosition + 2);
}

/** Writes the header of an element with content of this length; returns the position of its content. */
export function writeElementHeader(
  out: Uint8Array,
  position: number,
  headerBytes: ElementHeaderBytes,
  element: { readonly id: number; readonly contentBytes: number },
): number {
  const { id, contentBytes } = element;
  if (headerBytes === 1) {
    out[position] = (id << 4) | (contentBytes - 1);
  } else {
    out[position] = id;
    out[position + 1] = contentBytes;
  }
  return position + headerBytes;
}

/** Size of what {@link reserveStamp} reserves, in bytes. */
export function stampBytes(ids: ExtensionIds, headerBytes: ElementHeaderBytes = 1): number {
  return (
    (ids['transport-cc'] === undefined ? 0 : headerBytes + transportContentBytes) +
    (ids['abs-send-time'] === undefined ? 0 : headerBytes + sendTimeContentBytes)
  );
}

/**
 * Starts a packet's header extension with the elements that are known only when it leaves; they come first, so that
 * {@link stampPacket} finds them without parsing. Returns the position of the next element.
 */
export function reserveStamp(
  out: Uint8Array,
  ids: ExtensionIds,
  headerBytes: ElementHeaderBytes = 1,
): number {
  let position = elementsPosition;
  const transportId = ids['transport-cc'];
  const sendTimeId = ids['abs-send-time'];
  if (transportId !== undefined) {
    const element = { id: transportId, contentBytes: transportContentBytes };
    position = writeElementHeader(out, position, headerBytes, element) + transportContentBytes;
  }
  if (sendTimeId !== undefined) {
    const element = { id: sendTimeId, contentBytes: sendTimeContentBytes };
    position = writeElementHeader(out, position, headerBytes, element) + sendTimeContentBytes;
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
  const headerBytes = out[profilePosition] === profiles[2] >> 8 ? 2 : 1;
  let position = elementsPosition + headerBytes;
  if (ids['transport-cc'] !== undefined) {
    out[position] = (transportNumber >> 8) & 0xff;
    out[position + 1] = transportNumber & 0xff;
    position += transportContentBytes + headerBytes;
  }
  if (ids['abs-send-time'] !== undefined) {
    const time = absoluteSendTime(nowMs);
    out[position] = time >> 16;
    out[position + 1] = (time >> 8) & 0xff;
    out[position + 2] = time & 0xff;
  }
}

/** Seconds in 6.18 fixed point (24 bits), as in the abs-send-time extension. */
function absoluteSendTime(nowMs: number): number {
  return Math.floor((nowMs / 1_000) * 0x4_0000) & 0xff_ffff;
}
