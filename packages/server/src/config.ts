import { isIP } from 'node:net';
import type { IceServer } from '@parley-rtc/contract';
import { OWN_ISSUER } from './auth/access-tokens.ts';
import type { Client } from './auth/clients.ts';
import type { ExternalIssuerConfig } from './auth/external-issuer.ts';
import { isRole, roles, type Role } from './auth/rights.ts';
import { ConfigError } from './config-error.ts';
import type { LogLevel } from './http/http-server.ts';
import { defaultLimits, type Limits } from './limits/limits.ts';
import { defaultRateLimits, type RateLimits } from './limits/rate-limits.ts';
import type { TurnConfig } from './http/turn-credentials.ts';
import { readNumbers } from './read-numbers.ts';

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

/** The variables of an environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration that the `PARLEY_*` variables describe; `clients` is empty without PARLEY_CLIENTS.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) for a value that cannot be used.
 */
export function readConfig(env: Environment): ParleyServerConfig {
  const port = portOf(env, 'PARLEY_PORT');
  const udpPort = portOf(env, 'PARLEY_UDP_PORT');
  const mediaProcesses = mediaProcessesOf(env['PARLEY_MEDIA_PROCESSES'] ?? '', udpPort ?? 0);
  const announcedAddress = addressOf(env, 'PARLEY_ANNOUNCED_ADDRESS');
  const endedRetentionMs = millisecondsOf(env, 'PARLEY_ENDED_RETENTION_SECONDS', 0);
  const expiredTicketRetentionMs = millisecondsOf(env, 'PARLEY_TICKET_RETENTION_SECONDS', 0);
  const compactionIntervalMs = millisecondsOf(env, 'PARLEY_COMPACTION_SECONDS', 1);
  const externalIssuer = externalIssuerOf(env);
  const turn = turnOf(env);
  const { PARLEY_HOST: host, PARLEY_DATA_DIR: dataDir } = env;
  return {
    clients: clientsOf(env['PARLEY_CLIENTS'] ?? ''),
    iceServers: iceServersOf(env['PARLEY_ICE_SERVERS'] ?? ''),
    logLevel: logLevelOf(env['PARLEY_LOG_LEVEL'] ?? ''),
    ...(host && { host }),
    ...(port !== undefined && { port }),
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(udpPort !== undefined && { udpPort }),
    ...(mediaProcesses !== undefined && { mediaProcesses }),
    ...(dataDir && { dataDir }),
    ...(endedRetentionMs !== undefined && { endedRetentionMs }),
    ...(expiredTicketRetentionMs !== undefined && { expiredTicketRetentionMs }),
    ...(compactionIntervalMs !== undefined && { compactionIntervalMs }),
    ...hardeningOf(env),
    ...(externalIssuer && { externalIssuer }),
    ...(turn && { turn }),
  };
}

function hardeningOf(env: Environment): Partial<ParleyServerConfig> {
  const limits = readNumbers(env, 'PARLEY_LIMIT_', defaultLimits);
  const rateLimits = rateLimitsOf(env);
  const corsOrigins = listOf(env['PARLEY_CORS_ORIGINS']).map(originOf);
  const trustProxy = trustProxyOf(env['PARLEY_TRUST_PROXY'] ?? '');
  const { PARLEY_METRICS_TOKEN: metricsToken } = env;
  const { shutdownDelayMs } = readNumbers(env, 'PARLEY_', { shutdownDelayMs: 0 });
  return {
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(rateLimits && { rateLimits }),
    ...(corsOrigins.length > 0 && { corsOrigins }),
    ...(trustProxy !== undefined && { trustProxy }),
    ...(shutdownDelayMs !== undefined && { shutdownDelayMs }),
    ...(metricsToken && { metricsToken }),
  };
}

function rateLimitsOf(env: Environment): ParleyServerConfig['rateLimits'] {
  const text = env['PARLEY_RATE_LIMITS'] ?? '';
  if (text === 'off') return 'off';
  if (text !== '' && text !== 'on') throw new ConfigError('PARLEY_RATE_LIMITS must be on or off.');
  const rateLimits = readNumbers(env, 'PARLEY_RATE_LIMIT_', defaultRateLimits);
  return Object.keys(rateLimits).length > 0 ? rateLimits : undefined;
}

function listOf(text = ''): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function originOf(text: string): string {
  if (URL.parse(text)?.origin !== text) {
    throw new ConfigError(
      `PARLEY_CORS_ORIGINS: "${text}" is no origin. Write it like https://app.example.com, without a path.`,
    );
  }
  return text;
}

function trustProxyOf(text: string): ParleyServerConfig['trustProxy'] {
  if (text === '') return undefined;
  if (/^[1-9]$/.test(text)) return Number(text);
  const proxies = listOf(text);
  if (!proxies.every((proxy) => isIP(proxy.replace(/\/\d{1,3}$/, '')) !== 0)) {
    throw new ConfigError(
      'PARLEY_TRUST_PROXY must be the number of proxies in front (1 to 9), or their addresses: 10.0.0.0/8,::1.',
    );
  }
  return proxies;
}

function portOf(env: Environment, name: string): number | undefined {
  const text = env[name] ?? '';
  if (text === '') return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new ConfigError(`${name} is "${text}"; it must be a port number from 0 to 65535.`);
  }
  return port;
}

function mediaProcessesOf(text: string, udpPort: number): number | undefined {
  if (text === '') return undefined;
  const processes = Number(text);
  if (!/^\d{1,2}$/.test(text) || processes < 1 || processes > 64) {
    throw new ConfigError(`PARLEY_MEDIA_PROCESSES is "${text}"; it must be a whole number from 1 to 64.`);
  }
  if (udpPort + processes - 1 > 65_535) {
    throw new ConfigError(
      `PARLEY_UDP_PORT is ${udpPort}; with PARLEY_MEDIA_PROCESSES ${processes} the last port would be above 65535.`,
    );
  }
  return processes;
}

/** A number of whole seconds, given in milliseconds. */
function millisecondsOf(env: Environment, name: string, leastSeconds: number): number | undefined {
  const text = env[name] ?? '';
  if (text === '') return undefined;
  const seconds = Number(text);
  if (!/^\d{1,9}$/.test(text) || seconds < leastSeconds) {
    throw new ConfigError(
      `${name} is "${text}"; it must be a whole number of seconds from ${leastSeconds} to 999999999.`,
    );
  }
  return seconds * 1000;
}

function addressOf(env: Environment, name: string): string | undefined {
  const text = env[name] ?? '';
  if (text === '') return undefined;
  if (isIP(text) === 0) throw new ConfigError(`${name} is "${text}"; it must be an IP address.`);
  return text;
}

/** Messages never repeat the secret. */
function turnOf(env: Environment): TurnConfig | undefined {
  const { PARLEY_TURN_SECRET: secret } = env;
  const urls = listOf(env['PARLEY_TURN_URLS']);
  const { turnTtlSeconds } = readNumbers(env, 'PARLEY_', { turnTtlSeconds: 0 });
  if (!secret && urls.length === 0) return undefined;
  if (!secret || urls.length === 0) {
    throw new ConfigError('PARLEY_TURN_URLS and PARLEY_TURN_SECRET go together: set both.');
  }
  const wrong = urls.find((url) => !/^turns?:[^/\s]+$/.test(url));
  if (wrong !== undefined) {
    throw new ConfigError(
      `PARLEY_TURN_URLS: "${wrong}" is no TURN address. Write it like turn:turn.example.com:3478?transport=udp.`,
    );
  }
  if (turnTtlSeconds === 0) throw new ConfigError('PARLEY_TURN_TTL_SECONDS must be at least 1.');
  return { urls, secret, ...(turnTtlSeconds !== undefined && { ttlSeconds: turnTtlSeconds }) };
}

/** Issuer, key set and audience belong together: a token without one of the checks is no proof of anything. */
function externalIssuerOf(env: Environment): ExternalIssuerConfig | undefined {
  const { PARLEY_ISSUER: issuer, PARLEY_JWKS_URL: jwksUrl, PARLEY_AUDIENCE: audience } = env;
  const { PARLEY_ORGANIZATION_CLAIM: organizationClaim, PARLEY_AUTHORITIES_CLAIM: authoritiesClaim } = env;
  if (!issuer && !jwksUrl && !audience) return undefined;
  if (!issuer || !jwksUrl || !audience) {
    throw new ConfigError('PARLEY_ISSUER, PARLEY_JWKS_URL and PARLEY_AUDIENCE go together: set all three.');
  }
  if (issuer === OWN_ISSUER) {
    throw new ConfigError(`PARLEY_ISSUER is "${issuer}", the name of this server itself. Choose another.`);
  }
  if (!URL.canParse(jwksUrl) || !/^https?:$/.test(new URL(jwksUrl).protocol)) {
    throw new ConfigError(`PARLEY_JWKS_URL is "${jwksUrl}"; it must be an http or https URL.`);
  }
  return {
    issuer,
    jwksUrl,
    audience,
    ...(organizationClaim && { organizationClaim }),
    ...(authoritiesClaim && { authoritiesClaim }),
  };
}

/** `id:secret:ROLE+ROLE[:organization]`, several separated by semicolons. Messages never repeat a secret. */
function clientsOf(text: string): readonly Client[] {
  return text
    .split(';')
    .filter((entry) => entry.trim() !== '')
    .map((entry, index) => {
      const [id, secret, roleNames, organizationId, ...rest] = entry.trim().split(':');
      if (!id || !secret || !roleNames || rest.length > 0) {
        throw new ConfigError(
          `PARLEY_CLIENTS, entry ${index + 1}: must read id:secret:ROLE+ROLE, with an optional :organization after it.`,
        );
      }
      if (id === 'customer') {
        throw new ConfigError('PARLEY_CLIENTS: "customer" is the built-in public client. Choose another id.');
      }
      return {
        id,
        secret,
        roles: roleNames.split('+').map(roleOf),
        ...(organizationId && { organizationId }),
      };
    });
}

function roleOf(name: string): Role {
  if (!isRole(name)) {
    throw new ConfigError(`PARLEY_CLIENTS: there is no role "${name}". Roles are ${roles.join(', ')}.`);
  }
  return name;
}

function iceServersOf(text: string): readonly IceServer[] {
  if (text === '') return [];
  const problem = new ConfigError(
    'PARLEY_ICE_SERVERS must be JSON like [{"urls":["turn:turn.example.com"],"username":"u","credential":"c"}].',
  );
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw problem;
  }
  if (!Array.isArray(parsed) || !parsed.every(isIceServer)) throw problem;
  return parsed;
}

function isIceServer(value: unknown): value is IceServer {
  if (typeof value !== 'object' || value === null || !('urls' in value)) return false;
  return Array.isArray(value.urls) && value.urls.every((url) => typeof url === 'string');
}

const logLevels: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug'];

function logLevelOf(text: string): LogLevel {
  if (text === '') return 'warn';
  const level = logLevels.find((name) => name === text);
  if (!level)
    throw new ConfigError(`PARLEY_LOG_LEVEL is "${text}"; it must be one of ${logLevels.join(', ')}.`);
  return level;
}
