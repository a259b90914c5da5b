import type { NetworkNamespace } from './network-namespace.ts';

/**
 * Puts this machine behind 1:1 NAT for whoever is in `network`: UDP reaches it under `publicAddress` alone, and what it sends
 * comes from there. Within is a firewall that lets in only what answers, so that a server that tells nobody its public address
 * cannot call from there either.
 */
export function oneToOneNat(network: NetworkNamespace, publicAddress: string): void {
  const { hostAddress, outerInterface, innerInterface } = network;
  network.addRules(`
    chain inbound {
      type filter hook prerouting priority raw
      iifname "${outerInterface}" meta l4proto udp ip daddr != ${publicAddress} drop
      iifname "${outerInterface}" meta l4proto udp ip daddr set ${hostAddress}
    }
    chain outbound {
      type filter hook postrouting priority srcnat
      oifname "${outerInterface}" meta l4proto udp ip saddr ${hostAddress} ip saddr set ${publicAddress}
    }
  `);
  network.addRulesWithin(`
    chain firewall {
      type filter hook input priority 0
      iifname "${innerInterface}" meta l4proto udp ct state new drop
    }
  `);
}
