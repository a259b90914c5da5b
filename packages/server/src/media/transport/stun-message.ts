import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { crc32 } from 'node:zlib';

/** Attributes of STUN (RFC 8489) and of ICE's use of it (RFC 8445). */
const attributeType = {
  messageIntegrity: 0x0008,
  xorMappedAddress: 0x0020,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

const headerBytes = 20;
const magicCookie = 0x2112_a442;
const integrityBytes = 20;
const leastBytes: ReadonlyMap<number, number> = new Map([
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

/** Whether the packet is of STUN, and not of DTLS or SRTP (RFC 7983). */
export function isStun(packet: Buffer): boolean {
  return (
    packet.length >= headerBytes &&
    (packet[0] ?? 0xff) < 4 &&
    packet.readUInt32BE(4) === magicCookie &&
    packet.readUInt16BE(2) === packet.length - headerBytes
  );
}

/**
 * A request with a tie-breaker above zero in place of a zero, signed anew; as it is when it has no zero, or is not signed
 * with `password`. What never was a valid request does not become one.
 */
export function withTieBreaker(message: Buffer, password: string): Buffer {
  return edited(message, password, (copy, positions) => {
    const at = positions.get(attributeType.iceControlling) ?? positions.get(attributeType.iceControlled);
    if (at === undefined || copy.readBigUInt64BE(at) !== 0n) return false;
    copy.writeBigUInt64BE(1n, at);
    return true;
  });
}

/** A response that says it answers a request from `address`, signed anew; as it is when it is not signed with `password`. */
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
  if (checkedAt !== undefined) {
    const sum = crc32(copy.subarray(0, checkedAt - 4)) ^ fingerprintMask;
    copy.writeUInt32BE(sum >>> 0, checkedAt);
  }
  return copy;
}

/** Where the value of each whole attribute begins; of a repeated one the first counts. */
function attributePositions(message: Buffer): ReadonlyMap<number, number> {
  const positions = new Map<number, number>();
  let at = headerBytes;
  while (at + 4 <= message.length) {
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 2);
    const isWhole = length >= (leastBytes.get(type) ?? 0) && at + 4 + length <= message.length;
    if (isWhole && !positions.has(type)) positions.set(type, at + 4);
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return positions;
}

/** The signature covers what is before it, with a length as if it came last. */
function integrityOf(message: Buffer, signedAt: number, password: string): Buffer {
  const covered = Buffer.from(message.subarray(0, signedAt - 4));
  covered.writeUInt16BE(signedAt + integrityBytes - headerBytes, 2);
  return createHmac('sha1', password).update(covered).digest();
}
