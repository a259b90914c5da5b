export { createParleyServer, type ParleyServer, type ParleyServerParts } from './parley-server.ts';
export { ConfigError } from './config-error.ts';
export type { Environment } from './config/environment.ts';
export type { ClusterConfig, ParleyServerConfig } from './config/parley-server-config.ts';
export { readConfig } from './config/read-config.ts';
export type { Client } from './auth/clients.ts';
export type { ExternalIssuerConfig } from './auth/external-issuer.ts';
export type { Role } from './auth/rights.ts';
export type { Clock } from './clock.ts';
export type { TurnConfig } from './http/handlers/turn-credentials.ts';
export type { LogLevel, LogStream } from './http/http-server.ts';
export { defaultLimits, type Limits } from './limits/limits.ts';
export { defaultRateLimits, type RateLimits } from './limits/rate-limits.ts';
export {
  MediaError,
  type LostPeer,
  type MediaErrorCode,
  type MediaRouter,
  type PublishRequest,
  type ViewRequest,
} from './media/media-router.ts';
