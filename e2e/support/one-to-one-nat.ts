import type { NetworkNamespace } from './network-namespace.ts';

/**
 * Puts this machine behind 1:1 NAT as seen from `network`: UDP reaches it only at `publicAddress`, and its packets come from
 * there. A firewall inside accepts only replies, so a server that does not announce its public address cannot connect from
 * its side either.
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
