import type { RelayingRouter } from './media-router.ts';
import { ProcessPoolRouter } from './processes/process-pool-router.ts';
import {
  assertIpAddresses,
  createEmbeddedRouter,
  type EmbeddedMediaRouterOptions,
} from './routing/embedded-media-router.ts';

/** Where media are routed, and in how many processes. */
export interface MediaRouterOptions extends EmbeddedMediaRouterOptions {
  /**
   * Processes that share the streams. Default 1: this process. With more, each is a child process, and with `udpPort`
   * each has its own port: `udpPort`, `udpPort + 1` and so on.
   */
  readonly processes?: number;
}

/**
 * Creates a media router on this machine.
 * @throws TypeError when an address is not an IP address
 */
export function createMediaRouter(options: MediaRouterOptions = {}): RelayingRouter {
  const { processes = 1, log = () => {}, ...each } = options;
  if (processes <= 1) return createEmbeddedRouter({ ...each, log });
  // Checked here; otherwise every process would exit with this error and be restarted.
  assertIpAddresses(each);
  const { udpPort } = each;
  return new ProcessPoolRouter({
    processes,
    optionsOf: (index) => ({ ...each, ...(udpPort && { udpPort: udpPort + index }) }),
    log,
  });
}
