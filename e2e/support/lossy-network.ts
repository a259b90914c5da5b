import type { DroppedPackets } from './dropped-packets.ts';
import { NetworkNamespace } from './network-namespace.ts';

/**
 * A network whose link to this machine randomly drops a share of UDP packets in each direction. TCP is unaffected. Call
 * {@link remove} when done.
 */
export class LossyNetwork {
  readonly namespace: NetworkNamespace;

  private constructor(namespace: NetworkNamespace) {
    this.namespace = namespace;
  }

  /** Undefined if the machine allows no namespaces: not Linux, not root, or an unprivileged container. */
  static create(lossPercent: number): LossyNetwork | undefined {
    const namespace = NetworkNamespace.create();
    if (!namespace) return undefined;
    try {
      // Each side drops incoming packets, because a sender would notice that its outgoing packets are dropped.
      namespace.addRules(lossRules(namespace.outerInterface, lossPercent));
      namespace.addRulesWithin(lossRules(namespace.innerInterface, lossPercent));
      return new LossyNetwork(namespace);
    } catch (error) {
      namespace.remove();
      throw error;
    }
  }

  dropped(): DroppedPackets {
    const { outside, within } = this.namespace.counted();
    return { up: outside, down: within };
  }

  /** Removes the network. Programs inside it must have ended. */
  remove(): void {
    this.namespace.remove();
  }
}

function lossRules(interfaceName: string, lossPercent: number): string {
  const chance = lossPercent < 100 ? `numgen random mod 100 < ${lossPercent}` : '';
  return `
    counter dropped {}
    chain loss {
      type filter hook input priority 0
      iifname "${interfaceName}" meta l4proto udp ${chance} counter name dropped drop
    }
  `;
}
