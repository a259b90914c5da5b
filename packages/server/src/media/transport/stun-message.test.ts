import { randomBytes } from 'node:crypto';
import { assert, property, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { bindingRequest, stunMessage } from '../testing/stun-messages.ts';
import { isStun, withMappedAddress, withTieBreaker } from './stun-message.ts';

const password = 'VOkJxbRl1RmTxUk/WvJxBt';
const transactionId = randomBytes(12);
const request = (tieBreaker: bigint) => bindingRequest('ours:theirs', password, tieBreaker, transactionId);
/** 192.0.2.1, port 32853, and 198.51.100.7, port 4711, as XOR-MAPPED-ADDRESS has them. */
const response = (mapped: string) =>
  stunMessage(0x0101, [[0x0020, Buffer.from(mapped, 'hex')]], password, transactionId);

it('replaces a zero tie-breaker, with a valid signature and checksum', () => {
  expect(withTieBreaker(request(0n), password)).toEqual(request(1n));
});

it('does not change a request with a tie-breaker, or with another signature', () => {
  const valid = request(7n);
  expect(withTieBreaker(valid, password)).toBe(valid);
  const forged = request(0n);
  expect(withTieBreaker(forged, 'guessed')).toBe(forged);
});

it('changes the address that a response answers', () => {
  const relay = { address: '198.51.100.7', port: 4711 };
  expect(withMappedAddress(response('0001a147e112a643'), password, relay)).toEqual(
    response('00013375e721c045'),
  );
});

it('never throws, whatever the input', () => {
  assert(
    property(uint8Array({ maxLength: 120 }), (noise) => {
      const message = Buffer.concat([request(0n).subarray(0, 20), noise]);
      message.writeUInt16BE(noise.length, 2);
      expect(isStun(message)).toBe(true);
      expect(withTieBreaker(message, password)).toBe(message);
      expect(withMappedAddress(message, password, { address: '192.0.2.1', port: 1 })).toBe(message);
      isStun(Buffer.from(noise));
    }),
  );
});
