import { createHmac } from 'node:crypto';
import type { IceServer } from '@parley-rtc/contract';

/** A TURN server that shares a secret with this server (coturn: `use-auth-secret`). */
export interface TurnConfig {
  /** For example `turn:turn.example.com:3478?transport=udp`. */
  readonly urls: readonly string[];
  /** coturn's `static-auth-secret`. */
  readonly secret: string;
  /** Lifetime of a credential, in seconds; must exceed the longest call. Default 24 hours. */
  readonly ttlSeconds?: number;
}

const defaultTtlSeconds = 24 * 60 * 60;

/**
 * Expiring credentials of one user, by the TURN REST API: the name is `<expiry>:<user>`, the credential its HMAC-SHA1
 * in Base64 (draft-uberti-behave-turn-rest-00).
 */
export function turnServer(config: TurnConfig, userId: string, nowMs: number): IceServer {
  const expiry = Math.floor(nowMs / 1000) + (config.ttlSeconds ?? defaultTtlSeconds);
  const username = `${expiry}:${userId}`;
  const credential = createHmac('sha1', config.secret).update(username).digest('base64');
  return { urls: [...config.urls], username, credential };
}
