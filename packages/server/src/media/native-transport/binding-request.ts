import { timingSafeEqual } from 'node:crypto';
import {
  attributePositions,
  attributeType,
  checksumOf,
  headerBytes,
  integrityBytes,
  integrityOf,
  isStun,
  magicCookie,
} from '../transport/stun-message.ts';

const bindingRequestType = 0x0001;
const bindingSuccessType = 0x0101;
const bindingErrorType = 0x0111;
const transactionIdAt = 8;
/** Attributes below must be understood (RFC 8489, section 14). */
const optionalFrom = 0x8000;
const understood: ReadonlySet<number> = new Set(Object.values(attributeType));

/** A check of connectivity or consent by a peer. */
export interface BindingRequest {
  readonly message: Buffer;
  /** Our ufrag and the peer's, as the peer wrote them. */
  readonly localUfrag: string;
  readonly remoteUfrag: string;
  readonly isNominating: boolean;
  /** Whether the peer takes itself for the controlled side, which we are. */
  readonly isControlled: boolean;
  /** Attributes that must be understood and are not. */
  readonly unknown: readonly number[];
  readonly signedAt: number;
}

/** Reads a binding request; undefined for anything else, including one without signature or with a wrong checksum. */
export function readBindingRequest(message: Buffer): BindingRequest | undefined {
  if (!isStun(message) || message.readUInt16BE(0) !== bindingRequestType) return undefined;
  const positions = attributePositions(message);
  const signedAt = positions.get(attributeType.messageIntegrity);
  const checkedAt = positions.get(attributeType.fingerprint);
  const usernameAt = positions.get(attributeType.username);
  if (signedAt === undefined || checkedAt === undefined || usernameAt === undefined) return undefined;
  if (usernameAt > signedAt || message.readUInt32BE(checkedAt) !== checksumOf(message, checkedAt))
    return undefined;
  const usernameBytes = message.readUInt16BE(usernameAt - 2);
  const [localUfrag = '', remoteUfrag = '', ...rest] = message
    .toString('latin1', usernameAt, usernameAt + usernameBytes)
    .split(':');
  if (rest.length > 0) return undefined;
  // What comes after the signature is not signed, and does not count.
  const isSigned = (type: number) => (positions.get(type) ?? signedAt) < signedAt;
  return {
    message,
    localUfrag,
    remoteUfrag,
    isNominating: isSigned(attributeType.useCandidate),
    isControlled: isSigned(attributeType.iceControlled),
    unknown: [...positions.keys()].filter(
      (type) => type < optionalFrom && isSigned(type) && !understood.has(type),
    ),
    signedAt,
  };
}

/** Whether the sender of the request knows our password. */
export function isAuthentic({ message, signedAt }: BindingRequest, password: string): boolean {
  const signature = message.subarray(signedAt, signedAt + integrityBytes);
  return timingSafeEqual(signature, integrityOf(message, signedAt, password));
}

/** The answer to a good request: where it came from. IPv4 addresses are written as IPv6 ones. */
export function bindingSuccess(
  { message }: BindingRequest,
  from: { readonly address: Uint8Array; readonly port: number },
  password: string,
): Buffer {
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(magicCookie, 0);
  message.copy(mask, 4, transactionIdAt, headerBytes);
  const isIPv4 = mappedPrefix.equals(from.address.subarray(0, mappedPrefix.length));
  const address = from.address.subarray(isIPv4 ? mappedPrefix.length : 0);
  const value = Buffer.alloc(4 + address.length);
  value[1] = isIPv4 ? 1 : 2;
  value.writeUInt16BE(from.port ^ (magicCookie >>> 16), 2);
  for (const [index, byte] of address.entries()) value[4 + index] = byte ^ (mask[index] ?? 0);
  return signed(bindingSuccessType, message, [[attributeType.xorMappedAddress, value]], password);
}

/** The peer must take the controlling side (RFC 8445, section 7.3.1.1). */
export function roleConflict({ message }: BindingRequest, password: string): Buffer {
  return signed(bindingErrorType, message, [errorCode(487, 'Role Conflict')], password);
}

/** The peer must leave these attributes out (RFC 8489, section 6.3.1). */
export function unknownAttributes({ message, unknown }: BindingRequest, password: string): Buffer {
  const value = Buffer.alloc(2 * unknown.length);
  for (const [index, type] of unknown.entries()) value.writeUInt16BE(type, 2 * index);
  const attributes: readonly Attribute[] = [
    errorCode(420, 'Unknown Attribute'),
    [attributeType.unknownAttributes, value],
  ];
  return signed(bindingErrorType, message, attributes, password);
}

type Attribute = readonly [type: number, value: Buffer];

const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex');

function errorCode(code: number, reason: string): Attribute {
  const value = Buffer.concat([Buffer.alloc(4), Buffer.from(reason)]);
  value[2] = Math.floor(code / 100);
  value[3] = code % 100;
  return [attributeType.errorCode, value];
}

function signed(type: number, request: Buffer, attributes: readonly Attribute[], password: string): Buffer {
  const header = Buffer.from(request.subarray(0, headerBytes));
  header.writeUInt16BE(type, 0);
  const message = Buffer.concat([
    header,
    ...attributes.map(written),
    written([attributeType.messageIntegrity, Buffer.alloc(integrityBytes)]),
    written([attributeType.fingerprint, Buffer.alloc(4)]),
  ]);
  message.writeUInt16BE(message.length - headerBytes, 2);
  const checkedAt = message.length - 4;
  const signedAt = checkedAt - 4 - integrityBytes;
  integrityOf(message, signedAt, password).copy(message, signedAt);
  message.writeUInt32BE(checksumOf(message, checkedAt), checkedAt);
  return message;
}

function written([type, value]: Attribute): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}
