import { InvalidOptionsError, TokenError } from './errors/api-errors.ts';
import { claimsOf, type TokenNews } from './token-claims.ts';
import type { TokenSource } from './token-source.ts';

/** A new token serves this long even if it looks expired, so that a wrong clock does not ask for one per request. */
const leastUseMs = 3_000;
/** Renewal begins this long before expiry, or in the last fifth of a short life. The official iOS client takes 40 s. */
const renewAheadMs = 40_000;

/**
 * Gives the token to send, and tells of each new one, the present one as long as it serves. Pass the one that the server has just refused to get
 * another; with a fixed token that is the same again.
 *
 * @throws {@link InvalidOptionsError} at once if `source` is neither text nor function; the function returned rejects
 * with {@link TokenError}.
 */
export function tokenCache(
  source: TokenSource,
  onToken: (told: TokenNews) => void = () => {},
): (refused?: string) => Promise<string> {
  if (typeof source === 'string' && source) {
    onToken({ claims: claimsOf(source), tookMs: 0 });
    return async () => source;
  }
  if (typeof source !== 'function') {
    throw new InvalidOptionsError(
      '`token` is neither a token nor a function.',
      'Pass an access token, or a function that returns one.',
    );
  }

  let current: { token: string; renewAtMs: number; endsAtMs: number } | undefined;
  let renewal: Promise<string> | undefined;

  const renew = async () => {
    const startedMs = performance.now();
    const token = await callSource(source);
    const claims = claimsOf(token);
    onToken({ claims, tookMs: performance.now() - startedMs });
    const nowMs = Date.now();
    const endsAtMs = Math.max((claims.exp ?? Infinity) * 1000, nowMs + leastUseMs);
    current = { token, endsAtMs, renewAtMs: endsAtMs - Math.min(renewAheadMs, (endsAtMs - nowMs) / 5) };
    return token;
  };
  const sharedRenewal = async () => {
    renewal ??= renew().finally(() => {
      renewal = undefined;
    });
    return renewal;
  };

  return async (refused) => {
    const nowMs = Date.now();
    if (!current || current.token === refused || nowMs >= current.endsAtMs) return sharedRenewal();
    // Nobody waits for a renewal, or fails by it, while the present token still serves.
    if (nowMs >= current.renewAtMs) sharedRenewal().catch(() => {});
    return current.token;
  };
}

async function callSource(source: () => string | Promise<string>): Promise<string> {
  let token: unknown;
  try {
    token = await source();
  } catch (cause) {
    throw new TokenError('The token source failed.', { cause });
  }
  if (typeof token === 'string' && token) return token;
  throw new TokenError('The token source returned no token.');
}
