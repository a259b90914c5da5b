import { isIP } from 'node:net';
import type { HostCandidate } from './rtp-transport.ts';

const loopbackAddress = '127.0.0.1';
/** Below every gathered candidate, so that it is tried last. */
const loopbackPriority = 1;

/**
 * The candidates as peers should see them.
 *
 * With `announcedAddress` (1:1 NAT: a cloud machine, a container with published ports), candidates of its address
 * family show that address instead of their own. Otherwise, if the socket is bound to all interfaces, 127.0.0.1 is
 * added, which the library never gathers there: the socket answers on it, and a browser on this machine may have no
 * other way in.
 */
export function announcedCandidates(
  gathered: readonly HostCandidate[],
  options: { readonly announcedAddress?: string | undefined; readonly isBoundToAll: boolean },
): readonly HostCandidate[] {
  const { announcedAddress } = options;
  if (announcedAddress === undefined) {
    return options.isBoundToAll ? withLoopback(gathered) : gathered;
  }
  const family = isIP(announcedAddress);
  const renamed = gathered.map((candidate) =>
    isIP(candidate.address) === family ? { ...candidate, address: announcedAddress } : candidate,
  );
  return renamed.filter(
    (candidate, index) =>
      renamed.findIndex(({ address, port }) => address === candidate.address && port === candidate.port) ===
      index,
  );
}

function withLoopback(gathered: readonly HostCandidate[]): readonly HostCandidate[] {
  const sample = gathered[0];
  if (!sample || gathered.some(({ address }) => address === loopbackAddress)) return gathered;
  return [
    ...gathered,
    { foundation: 'loopback', priority: loopbackPriority, address: loopbackAddress, port: sample.port },
  ];
}
