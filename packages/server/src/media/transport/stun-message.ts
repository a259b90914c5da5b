import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { crc32 } from 'node:zlib';

/** Attributes of STUN (RFC 8489) and of ICE's use of it (RFC 8445). */
export const attributeType = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

export const headerBytes = 20;
export const magicCookie = 0x2112_a442;
export const integrityBytes = 20;
const minBytes: ReadonlyMap<number, number> = new Map([
  [attributeType.messageIntegrity, integrityBytes],
  [attributeType.xorMappedAddress, 8],
  [attributeType.fingerprint, 4],
  [attributeType.iceControlled, 8],
  [attributeType.iceControlling, 8],
]);
const fingerprintMask = 0x5354_554e;
const ipv4Family = 1;

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** Whether the packet is STUN, and not DTLS or SRTP (RFC 7983). */
export function isStun(packet: Buffer): boolean {
  return (
    packet.length >= headerBytes &&
    (packet[0] ?? 0xff) < 4 &&
    packet.readUInt32BE(4) === magicCookie &&
    packet.readUInt16BE(2) === packet.length - headerBytes
  );
}

/**
 * Replaces a zero tie-breaker of a request and signs it again; returns it unchanged if the tie-breaker is not zero, or
 * it is not signed with `password`. An invalid request never becomes valid.
 */
export function withTieBreaker(message: Buffer, password: string): Buffer {
  return edited(message, password, (copy, positions) => {
    const at = positions.get(attributeType.iceControlling) ?? positions.get(attributeType.iceControlled);
    if (at === undefined || copy.readBigUInt64BE(at) !== 0n) return false;
    copy.writeBigUInt64BE(1n, at);
    return true;
  });
}

/**
 * Changes the address that a response answers, and signs it again; returns it unchanged if it is not signed with
 * `password`.
 */
export function withMappedAddress(message: Buffer, password: string, address: SocketAddress): Buffer {
  if (isIPv6(address.address)) return message;
  return edited(message, password, (copy, positions) => {
    const at = positions.get(attributeType.xorMappedAddress);
    if (at === undefined || copy[at + 1] !== ipv4Family) return false;
    const [a = 0, b = 0, c = 0, d = 0] = address.address.split('.').map(Number);
    copy.writeUInt16BE(address.port ^ (magicCookie >>> 16), at + 2);
    copy.writeUInt32BE((Buffer.of(a, b, c, d).readUInt32BE(0) ^ magicCookie) >>> 0, at + 4);
    return true;
  });
}

function edited(
  message: Buffer,
  password: string,
  edit: (copy: Buffer, positions: ReadonlyMap<number, number>) => boolean,
): Buffer {
  const positions = attributePositions(message);
  const signedAt = positions.get(attributeType.messageIntegrity);
  if (signedAt === undefined) return message;
  const signature = message.subarray(signedAt, signedAt + integrityBytes);
  if (!timingSafeEqual(signature, integrityOf(message, signedAt, password))) return message;
  const copy = Buffer.from(message);
  if (!edit(copy, positions)) return message;
  integrityOf(copy, signedAt, password).copy(copy, signedAt);
  const checkedAt = positions.get(attributeType.fingerprint);
  if (checkedAt !== undefined) copy.writeUInt32BE(checksumOf(copy, checkedAt), checkedAt);
  return copy;
}

/** The checksum of everything before the attribute whose value is at `checkedAt`. */
export function checksumOf(message: Buffer, checkedAt: number): number {
  return (crc32(message.subarray(0, checkedAt - 4)) ^ fingerprintMask) >>> 0;
}

/** Offset of each complete attribute's value; of repeated ones the first counts. */
export function attributePositions(message: Buffer): ReadonlyMap<number, number> {
  const positions = new Map<number, number>();
  let at = headerBytes;
  while (at + 4 <= message.length) {
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 2);
    const isWhole = length >= (minBytes.get(type) ?? 0) && at + 4 + length <= message.length;
    if (isWhole && !positions.has(type)) positions.set(type, at + 4);
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return positions;
}

/** The signature covers everything before it, with a length as if it came last. */
export function integrityOf(message: Buffer, signedAt: number, password: string): Buffer {
  const covered = Buffer.from(message.subarray(0, signedAt - 4));
  covered.writeUInt16BE(signedAt + integrityBytes - headerBytes, 2);
  return createHmac('sha1', password).update(covered).digest();
}
