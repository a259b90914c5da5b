import { assertIpAddresses, createEmbeddedRouter } from './embedded-media-router.ts';
import type { EmbeddedMediaRouterOptions } from './embedded-media-router.ts';
import type { MediaRouter } from './media-router.ts';
import { ProcessPoolRouter } from './processes/process-pool-router.ts';

/** Where media is routed, and in how many processes. */
export interface MediaRouterOptions extends EmbeddedMediaRouterOptions {
  /**
   * Processes that share the streams. Default 1: this process does it. With more, each is a child process, and with
   * `udpPort` each has a port of its own: `udpPort`, `udpPort + 1` and so on.
   */
  readonly processes?: number;
}

/**
 * A media router on this machine.
 * @throws TypeError when an address is no IP address
 */
export function createMediaRouter(options: MediaRouterOptions = {}): MediaRouter {
  const { processes = 1, log = () => {}, ...each } = options;
  if (processes <= 1) return createEmbeddedRouter({ ...each, log });
  // Here, or every process would end with this error and be started again.
  assertIpAddresses(each);
  const { udpPort } = each;
  return new ProcessPoolRouter({
    processes,
    optionsOf: (index) => ({ ...each, ...(udpPort && { udpPort: udpPort + index }) }),
    log,
  });
}
