import type { FastifyBaseLogger } from 'fastify';
import type { ParleyServerConfig } from './config.ts';
import type { EmbeddedMediaRouterOptions } from './media/embedded-media-router.ts';

/**
 * How the configuration wants the embedded media router. Media takes all interfaces even where the API listens on
 * loopback alone: Firefox never sends to 127.0.0.1, so a call on one machine goes over its network address. Whoever has
 * no answer from the API gets nothing out of these sockets.
 */
export function mediaOptions(
  { announcedAddress, udpPort }: ParleyServerConfig,
  log: FastifyBaseLogger,
): EmbeddedMediaRouterOptions {
  return {
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(udpPort !== undefined && { udpPort }),
    log: (level, message, fields) => {
      log[level](fields, message);
    },
  };
}
