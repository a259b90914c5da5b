import { networkInterfaces } from 'node:os';
import type { HostCandidate } from '../transport/rtp-transport.ts';

const hostPreference = 126;
const component = 1;
const loopbackAddress = '127.0.0.1';

/** The addresses at which a socket on this port is found, best first: its own, or those of all interfaces. */
export function hostCandidates(port: number, bindAddress: string | undefined): readonly HostCandidate[] {
  const addresses = bindAddress === undefined ? interfaceAddresses() : [bindAddress];
  return addresses.map((address, index) => ({
    foundation: String(index + 1),
    priority: hostPreference * 2 ** 24 + (65_535 - index) * 2 ** 8 + (256 - component),
    address,
    port,
  }));
}

/** All but those that only this machine or its link can use; 127.0.0.1 on a machine without a network. */
function interfaceAddresses(): readonly string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((interfaces) => interfaces ?? [])
    .filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address);
  return addresses.length > 0 ? addresses : [loopbackAddress];
}
