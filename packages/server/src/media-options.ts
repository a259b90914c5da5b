import type { FastifyBaseLogger } from 'fastify';
import type { ParleyServerConfig } from './config/parley-server-config.ts';
import type { MediaRouterOptions } from './media/create-media-router.ts';

/**
 * How the configuration wants the media router. Media takes all interfaces even where the API listens on
 * loopback alone: Firefox never sends to 127.0.0.1, so a call on one machine goes over its network address. Whoever has
 * no answer from the API gets nothing out of these sockets.
 */
export function mediaOptions(
  { announcedAddress, mediaProcesses, udpPort }: ParleyServerConfig,
  log: FastifyBaseLogger,
): MediaRouterOptions {
  return {
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(mediaProcesses !== undefined && { processes: mediaProcesses }),
    ...(udpPort !== undefined && { udpPort }),
    log: (level, message, fields) => {
      log[level](fields, message);
    },
  };
}
