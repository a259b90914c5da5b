import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const magicCookie = Buffer.from([0x21, 0x12, 0xa4, 0x42]);

/** Attributes by type with their values, which are padded to whole words. */
export type StunAttributes = readonly (readonly [type: number, value: Buffer])[];

/** A STUN message signed with `password`, ending in its checksum, as browsers send it. */
export function stunMessage(
  type: number,
  attributes: StunAttributes,
  password: string,
  transactionId: Buffer = randomBytes(12),
): Buffer {
  const header = Buffer.concat([Buffer.alloc(4), magicCookie, transactionId]);
  header.writeUInt16BE(type, 0);
  const content = [header, ...attributes.map(attribute)];
  const signed = withLength(Buffer.concat(content), 24);
  content.push(attribute([0x0008, createHmac('sha1', password).update(signed).digest()]));
  const checked = withLength(Buffer.concat(content), 8);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(checked) ^ 0x5354_554e) >>> 0, 0);
  return Buffer.concat([checked, attribute([0x8028, sum])]);
}

/** A binding request of Chromium, which nominates the pair immediately. */
export function bindingRequest(
  username: string,
  password: string,
  tieBreaker: bigint,
  transactionId?: Buffer,
): Buffer {
  const value = Buffer.alloc(8);
  value.writeBigUInt64BE(tieBreaker, 0);
  const attributes: StunAttributes = [
    [0x0006, Buffer.from(username)],
    [0x802a, value],
    [0x0025, Buffer.alloc(0)],
    [0x0024, Buffer.from([0x6e, 0x7e, 0x1f, 0xff])],
  ];
  return stunMessage(0x0001, attributes, password, transactionId);
}

function attribute([type, value]: StunAttributes[number]): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function withLength(message: Buffer, moreBytes: number): Buffer {
  message.writeUInt16BE(message.length - 20 + moreBytes, 2);
  return message;
}
