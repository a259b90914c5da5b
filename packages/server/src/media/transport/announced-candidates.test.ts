import { expect, it } from 'vitest';
import { announcedCandidates } from './announced-candidates.ts';

const ipv4 = { foundation: '1', priority: 20, address: '10.0.0.2', port: 4_000 };
const ipv6 = { foundation: '2', priority: 30, address: 'fd00::2', port: 4_000 };

it('adds 127.0.0.1 on the same port, as the last choice, when the socket is bound to all interfaces', () => {
  const [first, second, loopback] = announcedCandidates([ipv6, ipv4], { isBoundToAll: true });
  expect([first, second]).toEqual([ipv6, ipv4]);
  expect(loopback).toMatchObject({ address: '127.0.0.1', port: 4_000 });
  expect(loopback?.priority).toBeLessThan(ipv4.priority);
});

it('adds nothing when the socket is bound to one address, or there is no socket', () => {
  expect(announcedCandidates([ipv4], { isBoundToAll: false })).toEqual([ipv4]);
  expect(announcedCandidates([], { isBoundToAll: true })).toEqual([]);
});

it('shows the announced address once instead of all addresses of its family', () => {
  const other = { ...ipv4, foundation: '3', address: '10.0.0.3' };
  const announced = announcedCandidates([ipv6, ipv4, other], {
    announcedAddress: '203.0.113.5',
    isBoundToAll: true,
  });
  expect(announced).toEqual([ipv6, { ...ipv4, address: '203.0.113.5' }]);
});
