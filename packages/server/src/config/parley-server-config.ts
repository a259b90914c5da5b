import type { IceServer } from '@parley-rtc/contract';
import type { Client } from '../auth/clients.ts';
import type { ExternalIssuerConfig } from '../auth/external-issuer.ts';
import type { TurnConfig } from '../http/handlers/turn-credentials.ts';
import type { LogLevel } from '../http/http-server.ts';
import type { Limits } from '../limits/limits.ts';
import type { RateLimits } from '../limits/rate-limits.ts';

/** Several nodes on one engine. */
export interface ClusterConfig {
  /** Valkey, or Redis from version 7, as `redis://user:password@host:6379/0`; `rediss:` for TLS. */
  readonly redisUrl: string;
  /**
   * Sentinels that know the engine's primary, as `host:26379` or `user:password@host:26379`. The host in `redisUrl` is then the name
   * that they have for it. Default none: the engine is at `redisUrl`.
   */
  readonly redisSentinels?: readonly string[];
  /** How many replicas of the engine must have what a command wrote before it is answered. Default 0. */
  readonly redisReplicas?: number;
  /** Where other nodes reach this one, such as `http://10.0.0.7:8787`. */
  readonly nodeUrl: string;
  /** With which all keys in the engine begin. Default `parley`. */
  readonly name?: string;
  /** How long a node may be silent before others take it for dead, in milliseconds. Default 5000. */
  readonly leaseMs?: number;
}

/** The configuration of a server. Only `clients` is required. */
export interface ParleyServerConfig {
  /** Programs that may request tokens for themselves; the public client `customer` always exists. */
  readonly clients: readonly Client[];
  /** Address to listen on. Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** TCP port. Default 8787; 0 picks a free one. */
  readonly port?: number;
  /** IP address that clients receive for media, when it is not the machine's own (NAT, containers). */
  readonly announcedAddress?: string;
  /** A single UDP port for all media; without it, each connection gets a free port. */
  readonly udpPort?: number;
  /**
   * Processes that share the media of all streams, at most 64. Default 1: the server's own process does it. With
   * `udpPort`, each takes a port: `udpPort`, `udpPort + 1` and so on.
   */
  readonly mediaProcesses?: number;
  /**
   * What moves the packets of media. Default `node-datachannel`. `native` is experimental: an addon for Linux that a clone
   * builds with `pnpm run build:transport`; where it cannot run, the server says why and uses the default.
   */
  readonly transport?: 'node-datachannel' | 'native';
  /**
   * Whether the views of one participant share an estimate of their link, and divide it between them. Default false: each has its
   * own.
   */
  readonly sharesLinks?: boolean;
  /** STUN and TURN servers for clients. Default none. */
  readonly iceServers?: readonly IceServer[];
  /** A TURN server for which each client gets its own expiring credentials. Default none. */
  readonly turn?: TurnConfig;
  /**
   * Folder for data that survive a restart: conferences, tokens, tickets, endpoints. Default: everything stays in
   * memory.
   */
  readonly dataDir?: string;
  /**
   * An engine that several nodes share. Excludes `dataDir` and `recordingDir`. Default: this server is alone.
   * `docs/server/many-nodes.md` says what nodes share.
   */
  readonly cluster?: ClusterConfig;
  /**
   * Folder in which an operator can ask for dumps of peers' decrypted packets, while the server runs. Default: no dumps.
   * `docs/server/operations.md` says how.
   */
  readonly packetDumpDir?: string;
  /**
   * Folder for recordings, which one server alone uses. Default: this server does not record. `docs/recording.md` says
   * what is in it.
   */
  readonly recordingDir?: string;
  /** What all recordings together may take up, in bytes. Default 50 GiB. */
  readonly recordingMaxBytes?: number;
  /** How long ended recordings are kept, in milliseconds. Default: until they are deleted. */
  readonly recordingRetentionMs?: number;
  /** Default `silent`. */
  readonly logLevel?: LogLevel;
  /** How long a request for events is parked, in milliseconds. Default 20_000, below the timeouts of common proxies. */
  readonly pollTimeoutMs?: number;
  /** How long someone may stay in a waiting room without a decision, in milliseconds. Default 30 minutes. */
  readonly longestWaitMs?: number;
  /** How long an ended conference remains readable, in milliseconds. Default 5 minutes. */
  readonly endedRetentionMs?: number;
  /** How long an expired ticket remains readable, in milliseconds. Default 24 hours. */
  readonly expiredTicketRetentionMs?: number;
  /**
   * How often to drop expired tickets and return the data folder's free space to the file system, in milliseconds.
   * Default 1 hour.
   */
  readonly compactionIntervalMs?: number;
  /** Changes to {@link defaultLimits}. */
  readonly limits?: Partial<Limits>;
  /** Changes to {@link defaultRateLimits}; `off` disables them, for load tests. */
  readonly rateLimits?: Partial<RateLimits> | 'off';
  /** Origins whose pages may call the API, such as `https://app.example.com`. Default: all. */
  readonly corsOrigins?: readonly string[];
  /**
   * The proxies in front of the server whose X-Forwarded-For is trusted: their number, or their addresses and
   * networks. Default none: rate limits then count a proxy as one address.
   */
  readonly trustProxy?: number | readonly string[];
  /** How long the server keeps serving after it stopped being ready, in milliseconds. Default 0. */
  readonly shutdownDelayMs?: number;
  /** Bearer token that `/metrics` requires. Default none: anyone may read it. */
  readonly metricsToken?: string;
  /** Maximum length of the list of active conferences, which holds the newest. Default 1000. */
  readonly activeListLimit?: number;
  /** How often participants receive the network indicator, in milliseconds. Default 10000. */
  readonly qualityIntervalMs?: number;
  /** Lifetime of an access token, in seconds. Default 15 minutes. */
  readonly accessTokenSeconds?: number;
  /** How long a key signs access tokens before a new key replaces it, in seconds. Default 24 hours. */
  readonly keyRotationSeconds?: number;
  /** An identity provider whose tokens are accepted as well as the server's own. */
  readonly externalIssuer?: ExternalIssuerConfig;
  /** Lifetime of an unused refresh token, in seconds. Default 24 hours. */
  readonly refreshTokenSeconds?: number;
  /** Lifetime of a ticket holder's login, however often it is renewed, in seconds. Default 24 hours. */
  readonly maxLoginSeconds?: number;
}
