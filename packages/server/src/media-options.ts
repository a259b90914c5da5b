import type { FastifyBaseLogger } from 'fastify';
import type { ParleyServerConfig } from './config.ts';
import type { MediaRouterOptions } from './media/create-media-router.ts';

/** How the configuration wants the media router, which stays on loopback when the API does. */
export function mediaOptions(
  { announcedAddress, mediaProcesses, udpPort }: ParleyServerConfig,
  host: string,
  log: FastifyBaseLogger,
): MediaRouterOptions {
  const isLocalOnly = host === '127.0.0.1' || host === 'localhost';
  return {
    ...(isLocalOnly && { bindAddress: '127.0.0.1' }),
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(mediaProcesses !== undefined && { processes: mediaProcesses }),
    ...(udpPort !== undefined && { udpPort }),
    log: (level, message, fields) => {
      log[level](fields, message);
    },
  };
}
