import type { IceServer } from '@parley-rtc/contract';
import type { Client } from '../auth/clients.ts';
import type { ExternalIssuerConfig } from '../auth/external-issuer.ts';
import type { LogLevel } from '../http/http-server.ts';
import type { TurnConfig } from '../http/turn-credentials.ts';
import type { Limits } from '../limits/limits.ts';
import type { RateLimits } from '../limits/rate-limits.ts';

/** How a server is set up. Only `clients` is needed. */
export interface ParleyServerConfig {
  /** Programs that may ask for tokens of their own; the public client `customer` always exists. */
  readonly clients: readonly Client[];
  /** Address to listen on. Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** TCP port. Default 8787; 0 picks a free one. */
  readonly port?: number;
  /** IP address that clients are told for media, when it is not the machine's own (NAT, containers). */
  readonly announcedAddress?: string;
  /** The one UDP port for all media; without it, a free port for each connection. */
  readonly udpPort?: number;
  /**
   * Processes that share the media of all streams. Default 1: the server's own process does it; the most is 64. With
   * `udpPort`, each takes a port: `udpPort`, `udpPort + 1` and so on.
   */
  readonly mediaProcesses?: number;
  /** STUN and TURN servers for clients. Default none. */
  readonly iceServers?: readonly IceServer[];
  /** A TURN server for which clients get credentials of their own that expire. Default none. */
  readonly turn?: TurnConfig;
  /** Folder for what survives a restart: conferences, tokens, tickets, endpoints. Without it, all is in memory. */
  readonly dataDir?: string;
  /** Default `silent`. */
  readonly logLevel?: LogLevel;
  /** How long a request for events is parked, in milliseconds. Default 20_000, under the timeouts of usual proxies. */
  readonly pollTimeoutMs?: number;
  /** How long an ended conference can be read, in milliseconds. Default 5 minutes. */
  readonly endedRetentionMs?: number;
  /** How long an expired ticket can be read, in milliseconds. Default 24 hours. */
  readonly expiredTicketRetentionMs?: number;
  /** How often expired tickets are dropped and the data folder's free space is given back, in milliseconds. Default 1 hour. */
  readonly compactionIntervalMs?: number;
  /** Changes to {@link defaultLimits}. */
  readonly limits?: Partial<Limits>;
  /** Changes to {@link defaultRateLimits}; `off` for none at all, as load tests need it. */
  readonly rateLimits?: Partial<RateLimits> | 'off';
  /** Origins whose pages may call, like `https://app.example.com`. Default: all. */
  readonly corsOrigins?: readonly string[];
  /**
   * The proxies in front whose X-Forwarded-For is believed: how many they are, or their addresses and networks.
   * Default none: rate limits then count a proxy as one address.
   */
  readonly trustProxy?: number | readonly string[];
  /** How long the server goes on after it said that it is not ready any more, in milliseconds. Default 0. */
  readonly shutdownDelayMs?: number;
  /** Bearer token that `/metrics` asks for. Default: none, anybody may read. */
  readonly metricsToken?: string;
  /** How many active conferences are listed at most, the newest ones. Default 1000. */
  readonly activeListLimit?: number;
  /** How often everybody is told how the connections fare (the network indicator), in milliseconds. Default 10000. */
  readonly qualityIntervalMs?: number;
  /** Life of an access token, in seconds. Default 15 minutes. */
  readonly accessTokenSeconds?: number;
  /** How long a key signs access tokens before a new one takes its place, in seconds. Default 24 hours. */
  readonly keyRotationSeconds?: number;
  /** An identity provider whose tokens are accepted beside the server's own. */
  readonly externalIssuer?: ExternalIssuerConfig;
  /** Life of a refresh token that is not used, in seconds. Default 24 hours. */
  readonly refreshTokenSeconds?: number;
}
