import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bindingRequest, stunMessage } from '../testing/stun-messages.ts';
import { attributePositions, attributeType, checksumOf, isStun } from '../transport/stun-message.ts';
import {
  bindingSuccess,
  isAuthentic,
  readBindingRequest,
  roleConflict,
  unknownAttributes,
  type BindingRequest,
} from './binding-request.ts';

const password = 'p'.repeat(24);
const iceControlled = 0x8029;
const ipv4 = Buffer.from('00000000000000000000ffffc0000201', 'hex');
const ipv6 = Buffer.from('20010db8000000000000000000000001', 'hex');

function read(message: Buffer): BindingRequest {
  const request = readBindingRequest(message);
  if (!request) throw new Error('The request was not read.');
  return request;
}

/** An attribute of a message; undefined if it is absent. */
function attributeOf(message: Buffer, type: number): Buffer | undefined {
  const at = attributePositions(message).get(type);
  return at === undefined ? undefined : message.subarray(at, at + message.readUInt16BE(at - 2));
}

describe('reading a binding request', () => {
  it('reads who asks whom, and whether the path is nominated', () => {
    const request = read(bindingRequest('ours:theirs', password, 7n));
    expect(request).toMatchObject({ localUfrag: 'ours', remoteUfrag: 'theirs', isNominating: true });
    expect(request).toMatchObject({ isControlled: false, unknown: [] });
    expect(isAuthentic(request, password)).toBe(true);
  });

  it('refuses another password', () => {
    expect(isAuthentic(read(bindingRequest('a:b', 'other', 7n)), password)).toBe(false);
  });

  it('ignores what comes after the signature', () => {
    const good = bindingRequest('a:b', password, 7n);
    const added = Buffer.concat([good.subarray(0, -8), Buffer.from([0x00, 0x30, 0, 0]), good.subarray(-8)]);
    added.writeUInt16BE(added.length - 20, 2);
    added.writeUInt32BE(checksumOf(added, added.length - 4), added.length - 4);
    // The length that the signature covers ends with the signature.
    expect(read(added)).toMatchObject({ unknown: [], isNominating: true });
    expect(isAuthentic(read(added), password)).toBe(true);
  });

  it.each([
    ['a response', stunMessage(0x0101, [[6, Buffer.from('a:b')]], password)],
    ['a request without a name', stunMessage(0x0001, [], password)],
    ['a name with three parts', bindingRequest('a:b:c', password, 7n)],
    ['a request without its checksum', withoutChecksum(bindingRequest('a:b', password, 7n))],
    ['noise', randomBytes(60)],
    ['nothing', Buffer.alloc(0)],
  ])('takes %s for no request', (_what, message) => {
    expect(readBindingRequest(message)).toBeUndefined();
  });

  it('never throws, and never believes a changed request', () => {
    const good = bindingRequest('ours:theirs', password, 7n);
    let believed = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const changed = Buffer.from(good);
      for (let changes = 1 + (round % 4); changes > 0; changes -= 1) {
        const [at = 0, bit = 0] = randomBytes(2);
        const place = at % changed.length;
        changed.writeUInt8(changed.readUInt8(place) ^ (1 << (bit % 8)), place);
      }
      const message = round % 3 === 0 ? changed.subarray(0, (round * 7) % changed.length) : changed;
      const request = readBindingRequest(message);
      if (request && !message.equals(good) && isAuthentic(request, password)) believed += 1;
    }
    expect(believed).toBe(0);
  });
});

describe('answering', () => {
  it.each([
    ['IPv4', ipv4, '0001e11ae112a643'],
    ['IPv6', ipv6, '0002e11a'],
  ])('says where an %s request came from', (_family, address, start) => {
    const request = read(bindingRequest('a:b', password, 7n));
    const answer = bindingSuccess(request, { address, port: 0xc008 }, password);
    expect(isStun(answer)).toBe(true);
    expect(answer.readUInt16BE(0)).toBe(0x0101);
    expect(answer.subarray(8, 20)).toEqual(request.message.subarray(8, 20));
    expect(attributeOf(answer, attributeType.xorMappedAddress)?.toString('hex')).toMatch(
      new RegExp(`^${start}`),
    );
  });

  it('sends a peer that wants to be controlled into the other role', () => {
    const attributes = [
      [attributeType.username, Buffer.from('a:b')],
      [iceControlled, Buffer.alloc(8)],
    ] as const;
    const request = read(stunMessage(0x0001, attributes, password));
    expect(request.isControlled).toBe(true);
    const code = attributeOf(roleConflict(request, password), attributeType.errorCode);
    expect(code?.subarray(2, 4)).toEqual(Buffer.from([4, 87]));
  });

  it('names the attributes that it does not understand', () => {
    const attributes = [
      [attributeType.username, Buffer.from('a:b')],
      [0x0030, Buffer.alloc(4)],
    ] as const;
    const request = read(stunMessage(0x0001, attributes, password));
    expect(request.unknown).toEqual([0x0030]);
    const answer = unknownAttributes(request, password);
    expect(attributeOf(answer, attributeType.errorCode)?.subarray(2, 4)).toEqual(Buffer.from([4, 20]));
    expect(attributeOf(answer, attributeType.unknownAttributes)).toEqual(Buffer.from([0x00, 0x30]));
  });
});

function withoutChecksum(message: Buffer): Buffer {
  const cut = Buffer.from(message.subarray(0, -8));
  cut.writeUInt16BE(cut.length - 20, 2);
  return cut;
}
