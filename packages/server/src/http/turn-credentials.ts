import { createHmac } from 'node:crypto';
import type { IceServer } from '@parley-rtc/contract';

/** A TURN server that shares a secret with this server (coturn: `use-auth-secret`). */
export interface TurnConfig {
  /** Like `turn:turn.example.com:3478?transport=udp`. */
  readonly urls: readonly string[];
  /** coturn's `static-auth-secret`. */
  readonly secret: string;
  /** Life of a credential, in seconds; longer than any call. Default 24 hours. */
  readonly ttlSeconds?: number;
}

const defaultTtlSeconds = 24 * 60 * 60;

/**
 * Credentials of one user for a limited time, as the TURN REST API has them: the name is `<expiry>:<user>`, the
 * credential its HMAC-SHA1 in Base64 (draft-uberti-behave-turn-rest-00).
 */
export function turnServer(config: TurnConfig, userId: string, nowMs: number): IceServer {
  const expiry = Math.floor(nowMs / 1000) + (config.ttlSeconds ?? defaultTtlSeconds);
  const username = `${expiry}:${userId}`;
  const credential = createHmac('sha1', config.secret).update(username).digest('base64');
  return { urls: [...config.urls], username, credential };
}
