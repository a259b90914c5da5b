import { expect, it } from 'vitest';
import { CandidateFilter } from './candidate-filter.ts';

const candidate = (address: string, port = 5_000) => `candidate:1 1 udp 1 ${address} ${port} typ host`;
const accepts = (announced: string | undefined, address: string) =>
  new CandidateFilter(announced).accept(candidate(address)) !== undefined;

it.each([
  ['127.0.0.1', true],
  ['127.9.0.4', true],
  ['::1', true],
  ['169.254.7.7', true],
  ['fe80::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['224.0.0.1', false],
  ['239.255.255.250', false],
  ['255.255.255.255', false],
  ['ff02::1', false],
  ['::ffff:127.0.0.1', false],
  ['0:0:0:0:0:FFFF:7f00:1', false],
])('refuses %s with an announced address (without one it accepts it: %s)', (address, isAcceptedLocally) => {
  expect(accepts('203.0.113.7', address)).toBe(false);
  expect(accepts(undefined, address)).toBe(isAcceptedLocally);
});

it.each(['198.51.100.4', '10.0.0.5', '192.168.1.20', '2001:db8::4', 'fd00::2'])(
  'accepts %s, with an announced address or without',
  (address) => {
    expect(accepts('203.0.113.7', address)).toBe(true);
    expect(accepts(undefined, address)).toBe(true);
  },
);

it('accepts this machine when it announces itself', () => {
  expect(accepts('127.0.0.1', '127.0.0.1')).toBe(true);
});

/** How many of these addresses with ports a filter accepts. */
const accepted = (filter: CandidateFilter, places: readonly (readonly [string, number])[]) =>
  places.filter(([address, port]) => filter.accept(candidate(address, port)) !== undefined).length;

it('accepts at most 20 addresses and 60 ports for one peer, and those it knows again', () => {
  const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
  const wide = new CandidateFilter(undefined);
  expect(
    accepted(
      wide,
      numbers.map((number) => [`192.0.2.${number}`, 5_000]),
    ),
  ).toBe(20);
  expect(
    accepted(wide, [
      ['192.0.2.1', 5_000],
      ['192.0.2.21', 5_000],
    ]),
  ).toBe(1);
  const deep = new CandidateFilter(undefined);
  expect(
    accepted(
      deep,
      numbers.map((number) => ['192.0.2.1', 5_000 + number]),
    ),
  ).toBe(60);
});
