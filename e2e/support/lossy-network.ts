import type { DroppedPackets } from './lossy-link.ts';
import { NetworkNamespace } from './network-namespace.ts';

/**
 * A network whose link to this machine loses a share of the UDP packets in each direction, at random. TCP loses nothing. To
 * be removed by {@link remove}.
 */
export class LossyNetwork {
  readonly namespace: NetworkNamespace;

  private constructor(namespace: NetworkNamespace) {
    this.namespace = namespace;
  }

  /** Undefined where the machine allows no namespaces: not Linux, not root, or a container without the right to. */
  static create(lossPercent: number): LossyNetwork | undefined {
    const namespace = NetworkNamespace.create();
    if (!namespace) return undefined;
    try {
      // Each side drops what comes in: a sender whose own packets were dropped would be told so.
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

  /** Takes away all that was made. Programs within must have ended. */
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
