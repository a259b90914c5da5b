import type { FastifyBaseLogger } from 'fastify';
import type { ParleyServerConfig } from './config.ts';
import type { EmbeddedMediaRouterOptions } from './media/embedded-media-router.ts';

/** How the configuration wants the embedded media router, which stays on loopback when the API does. */
export function mediaOptions(
  { announcedAddress, udpPort }: ParleyServerConfig,
  host: string,
  log: FastifyBaseLogger,
): EmbeddedMediaRouterOptions {
  const isLocalOnly = host === '127.0.0.1' || host === 'localhost';
  return {
    ...(isLocalOnly && { bindAddress: '127.0.0.1' }),
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(udpPort !== undefined && { udpPort }),
    log: (level, message, fields) => {
      log[level](fields, message);
    },
  };
}
