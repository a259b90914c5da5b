import { BlockList, isIPv6 } from 'node:net';
import { usableCandidate } from './remote-candidate.ts';

/** A device on several networks with several relays has fewer. Each costs a series of checks to that address. */
const mostAddresses = 20;
/** Addresses with their ports: a peer must not scan the ports of one address. */
const mostPlaces = 60;

/** Addresses that no single peer has. */
const neverPeers = blockListOf(['0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'ff00::/8']);
/** IPv4 inside IPv6: no browser sends it, and it would hide an address from the lists. A `BlockList` cannot name these alone. */
const mappedAddress = /^[0:]+:ffff:/i;
/** Addresses that mean this machine or its own link. */
const machinesOwn = blockListOf(['127.0.0.0/8', '169.254.0.0/16', '::1/128', 'fe80::/10']);

/** Decides which of a peer's candidates the library may check, because it sends packets wherever they point. */
export class CandidateFilter {
  readonly #refuses: (address: string) => boolean;
  readonly #addresses = new Set<string>();
  readonly #places = new Set<string>();

  /** With an announced address, peers come from elsewhere, so candidates on this machine or its link are refused. */
  constructor(announcedAddress: string | undefined) {
    const isPublic = announcedAddress !== undefined && !isIn(machinesOwn, announcedAddress);
    this.#refuses = (address) =>
      mappedAddress.test(address) || isIn(neverPeers, address) || (isPublic && isIn(machinesOwn, address));
  }

  /** The candidate in the form for the library; undefined for one that it must not check. */
  accept(line: string): string | undefined {
    const usable = usableCandidate(line);
    if (usable === undefined) return undefined;
    const [, , , , address = '', port = ''] = usable.split(' ');
    const place = `${address} ${port}`;
    if (this.#refuses(address)) return undefined;
    if (this.#addresses.size >= mostAddresses && !this.#addresses.has(address)) return undefined;
    if (this.#places.size >= mostPlaces && !this.#places.has(place)) return undefined;
    this.#addresses.add(address);
    this.#places.add(place);
    return usable;
  }
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
