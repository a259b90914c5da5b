import { expect, it } from 'vitest';
import { usableCandidate } from './remote-candidate.ts';

it('accepts UDP candidates with an IP address, as browsers write them', () => {
  expect(
    usableCandidate(
      'candidate:3061726348 1 udp 2122194687 127.0.0.1 48532 typ host generation 0 network-id 3 network-cost 50',
    ),
  ).toBe('candidate:3061726348 1 UDP 2122194687 127.0.0.1 48532 typ host');
  expect(usableCandidate('candidate:1 1 UDP 2122252543 fd00::2 54036 typ host')).toBe(
    'candidate:1 1 UDP 2122252543 fd00::2 54036 typ host',
  );
  expect(usableCandidate('a=candidate:1 1 udp 1 203.0.113.5 5000 typ srflx raddr 10.0.0.1 rport 5000')).toBe(
    'candidate:1 1 UDP 1 203.0.113.5 5000 typ srflx raddr 0.0.0.0 rport 0',
  );
});

it.each([
  ['a host name', 'candidate:1 1 udp 1 example.com 5000 typ host'],
  ['an mDNS name', 'candidate:1 1 udp 1 0f6c-4b.local 5000 typ host'],
  ['an mDNS name of hexadecimal digits', 'candidate:1 1 udp 1 abcdef 5000 typ host'],
  ['TCP', 'candidate:1 1 tcp 1 10.0.0.1 9 typ host tcptype active'],
  ['the second component', 'candidate:1 2 udp 1 10.0.0.1 5000 typ host'],
  ['port 0', 'candidate:1 1 udp 1 10.0.0.1 0 typ host'],
  ['a line within the line', 'candidate:1 1 udp 1 10.0.0.1\r\na=x 5000 typ host'],
  ['the end of candidates', ''],
])('drops %s', (_what, line) => {
  expect(usableCandidate(line)).toBeUndefined();
});
