import type { FateOf } from '../http/fake-network.ts';

/** What faults happen to: a fake room, or a page with a real server. */
export interface FaultTarget {
  /** Decides about requests until the returned function is called. */
  disturbRequests(fateOf: FateOf): () => void;
  cutFeed(): void;
  /** Stalls the events until the returned function is called. */
  stallFeed(): () => void;
  breakPeers(effect: 'failed' | 'disconnected', direction: 'publish' | 'view' | undefined): void;
  recoverPeers(direction: 'publish' | 'view' | undefined): void;
  /** Takes a device away until the returned function is called. */
  troubleDevice(device: 'camera' | 'microphone', effect: 'unplugged' | 'in-use' | 'denied'): () => void;
  loseNetwork(): () => void;
}
