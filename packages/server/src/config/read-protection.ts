import { isIP } from 'node:net';
import { ConfigError } from '../config-error.ts';
import { defaultLimits } from '../limits/limits.ts';
import { defaultRateLimits } from '../limits/rate-limits.ts';
import { listOf, type Environment } from './environment.ts';
import type { ParleyServerConfig } from './parley-server-config.ts';
import { readNumbers } from './read-numbers.ts';

/** What protects a public server: limits, rates, origins, proxies, and a graceful shutdown. */
export function readProtection(env: Environment): Partial<ParleyServerConfig> {
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

function originOf(text: string): string {
  if (URL.parse(text)?.origin !== text) {
    throw new ConfigError(
      `PARLEY_CORS_ORIGINS: "${text}" is not an origin. Write it like https://app.example.com, without a path.`,
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
