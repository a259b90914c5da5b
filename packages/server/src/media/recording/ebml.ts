/** The elements of WebM and Matroska files that recordings are made of (RFC 9559), by id. */
export const elementIds = {
  segment: 0x18_53_80_67,
  seekHead: 0x11_4d_9b_74,
  info: 0x15_49_a9_66,
  duration: 0x44_89,
  cluster: 0x1f_43_b6_75,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  void: 0xec,
} as const;

/** The id and size that start an element (RFC 8794, sections 5 and 6). */
export interface ElementHeader {
  readonly id: number;
  /** Of its content, in bytes; infinite if it ends where its parent or the next such element does. */
  readonly size: number;
  readonly headerBytes: number;
  readonly sizeBytes: number;
}

/** Longest header: an id of 4 bytes and a size of 8. */
export const maxHeaderBytes = 12;

/** The header of the element at `position`; undefined if it is truncated or malformed. */
export function readElementHeader(buffer: Uint8Array, position: number): ElementHeader | undefined {
  const idBytes = Math.clz32(buffer[position] ?? 0) - 23;
  const sizeBytes = Math.clz32(buffer[position + idBytes] ?? 0) - 23;
  const headerBytes = idBytes + sizeBytes;
  if (idBytes > 4 || sizeBytes > 8 || position + headerBytes > buffer.length) return undefined;
  const id = readNumber(buffer, position, idBytes);
  const first = (buffer[position + idBytes] ?? 0) & (0xff >> sizeBytes);
  const rest = readNumber(buffer, position + idBytes + 1, sizeBytes - 1);
  const size = first * 2 ** (8 * (sizeBytes - 1)) + rest;
  const isUnknown = size === 2 ** (7 * sizeBytes) - 1;
  return { id, size: isUnknown ? Number.POSITIVE_INFINITY : size, headerBytes, sizeBytes };
}

/** An unsigned number of up to 8 bytes. */
export function readNumber(buffer: Uint8Array, position: number, byteCount: number): number {
  let value = 0;
  for (let index = 0; index < byteCount; index += 1) value = value * 256 + (buffer[position + index] ?? 0);
  return value;
}

/** Makes the size of the element at `position` unknown, so that its content may go on for ever. */
export function openElement(
  buffer: Uint8Array,
  position: number,
  { headerBytes, sizeBytes }: ElementHeader,
): void {
  const sizeAt = position + headerBytes - sizeBytes;
  buffer[sizeAt] = 0xff >> (sizeBytes - 1);
  buffer.fill(0xff, sizeAt + 1, position + headerBytes);
}

/** Replaces the element at `position` by one of the same length that readers skip. */
export function voidElement(
  buffer: Uint8Array,
  position: number,
  { headerBytes, size }: ElementHeader,
): void {
  const sizeBytes = headerBytes - 1;
  buffer[position] = elementIds.void;
  for (let index = sizeBytes - 1, rest = size; index >= 0; index -= 1, rest = Math.floor(rest / 256)) {
    buffer[position + 1 + index] = rest % 256;
  }
  buffer[position + 1] = (buffer[position + 1] ?? 0) | (0x80 >> (sizeBytes - 1));
}
