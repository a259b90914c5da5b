import type { IceServer } from '@parley-rtc/contract';
import { ConfigError } from '../config-error.ts';
import type { TurnConfig } from '../http/handlers/turn-credentials.ts';
import { listOf, type Environment } from './environment.ts';
import type { ParleyServerConfig } from './parley-server-config.ts';
import { readNumbers } from './read-numbers.ts';

/** The STUN and TURN servers for clients. */
export function readIce(env: Environment): Pick<ParleyServerConfig, 'iceServers' | 'turn'> {
  const turn = turnOf(env);
  return { iceServers: iceServersOf(env['PARLEY_ICE_SERVERS'] ?? ''), ...(turn && { turn }) };
}

/** Error messages never include the secret. */
function turnOf(env: Environment): TurnConfig | undefined {
  const { PARLEY_TURN_SECRET: secret } = env;
  const urls = listOf(env['PARLEY_TURN_URLS']);
  const { turnTtlSeconds } = readNumbers(env, 'PARLEY_', { turnTtlSeconds: 0 });
  if (!secret && urls.length === 0) return undefined;
  if (!secret || urls.length === 0) {
    throw new ConfigError('PARLEY_TURN_URLS and PARLEY_TURN_SECRET belong together. Set both.');
  }
  const wrong = urls.find((url) => !/^turns?:[^/\s]+$/.test(url));
  if (wrong !== undefined) {
    throw new ConfigError(
      `PARLEY_TURN_URLS: "${wrong}" is not a TURN address. Write it like turn:turn.example.com:3478?transport=udp.`,
    );
  }
  if (turnTtlSeconds === 0) throw new ConfigError('PARLEY_TURN_TTL_SECONDS must be at least 1.');
  return { urls, secret, ...(turnTtlSeconds !== undefined && { ttlSeconds: turnTtlSeconds }) };
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
