import { InvalidOptionsError, TokenError } from './errors/api-errors.ts';
import { claimsOf, type TokenClaims, type TokenNews } from './token-claims.ts';
import type { TokenSource } from './token-source.ts';
import { withDeadline } from './with-deadline.ts';

/** How long a new token is used even if it looks expired, so that a wrong clock does not fetch one per request. */
const leastUseMs = 3_000;
/** How long the app's function may take, so that one call that never settles does not block every later request. */
const sourceTimeoutMs = 10_000;
/** The characters of a bearer token. @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const tokenPattern = /^[\w.~+/-]+=*$/;
/** Renewal starts this long before expiry, or in the last fifth of a short lifetime. The official iOS client uses 40 s. */
const renewAheadMs = 40_000;
/** A token that is refused within this time of being issued shows that the server refuses the login, not only the token. */
const freshMs = 30_000;
/** So many such refusals in a row do not slow anything down: a key of the server may just have changed. */
const patience = 2;
const firstPauseMs = 1_000;
const longestPauseMs = 15_000;

/**
 * Returns a function that returns the token to send: the current one while it is valid, otherwise a promise of a new one. Pass
 * the token that the server has just rejected to get a new one; a fixed token stays the same, and so does one whose
 * predecessors were rejected as well, for 1 to 15 seconds. Reports each new token to `onToken`.
 *
 * @throws {@link InvalidOptionsError} synchronously if `source` is neither a string nor a function; the returned
 * function's promises reject with {@link TokenError}.
 */
export function tokenCache(
  source: TokenSource,
  onToken: (told: TokenNews) => void = () => {},
  onRenewalFailed: (error: unknown) => void = () => {},
): (refused?: string) => string | Promise<string> {
  if (typeof source === 'string' && tokenPattern.test(source)) {
    onToken({ claims: claimsOf(source), tookMs: 0 });
    return () => source;
  }
  if (typeof source !== 'function') {
    throw new InvalidOptionsError(
      '`token` is neither an access token nor a function.',
      'Pass an access token, or a function that returns one.',
    );
  }

  let current: { token: string; sinceMs: number; renewAtMs: number; endsAtMs: number } | undefined;
  let renewal: Promise<string> | undefined;
  /** How many tokens in a row the server refused soon after they were issued. */
  let refusals = 0;
  let refusedAtMs = 0;

  const renew = async () => {
    const startedMs = performance.now();
    const token = await callSource(source);
    const claims = claimsOf(token);
    onToken({ claims, tookMs: performance.now() - startedMs });
    const lifetimeMs = Math.max(lifetimeMsOf(claims), leastUseMs);
    const endsAtMs = Date.now() + lifetimeMs;
    current = {
      token,
      sinceMs: performance.now(),
      endsAtMs,
      renewAtMs: endsAtMs - Math.min(renewAheadMs, lifetimeMs / 5),
    };
    return token;
  };
  const sharedRenewal = async () => {
    renewal ??= renew().finally(() => {
      renewal = undefined;
    });
    return renewal;
  };

  /** Each client of a server that lost its logins would otherwise ask the app's back end at every request. */
  const replace = ({ token, sinceMs }: { token: string; sinceMs: number }) => {
    const nowMs = performance.now();
    if (renewal) return renewal;
    const pauseMs = refusals > patience ? firstPauseMs * 2 ** (refusals - patience - 1) : 0;
    if (nowMs - refusedAtMs < Math.min(pauseMs, longestPauseMs)) return token;
    refusals = nowMs - sinceMs < freshMs ? refusals + 1 : 0;
    refusedAtMs = nowMs;
    return sharedRenewal();
  };

  return (refused) => {
    const nowMs = Date.now();
    if (!current || nowMs >= current.endsAtMs) return sharedRenewal();
    if (current.token === refused) return replace(current);
    // While the current token is valid, requests neither wait for a renewal nor fail with it.
    if (nowMs >= current.renewAtMs) sharedRenewal().catch(onRenewalFailed);
    return current.token;
  };
}

/**
 * How long a token that was just issued lasts. By the issuer's clock alone where the token says when it was issued: the clock
 * of this device may be a day off.
 */
function lifetimeMsOf({ exp = Infinity, iat }: TokenClaims): number {
  const leftMs = exp * 1000 - Date.now();
  if (iat === undefined) return leftMs;
  const totalMs = (exp - iat) * 1000;
  // An app may return a token that it has had for a while, so only a clock that contradicts the token is ignored.
  return leftMs > 0 && leftMs <= totalMs ? leftMs : totalMs;
}

async function callSource(source: () => string | Promise<string>): Promise<string> {
  let token: unknown;
  try {
    token = await withDeadline({ operation: 'token', timeoutMs: sourceTimeoutMs }, async () => source());
  } catch (cause) {
    throw new TokenError('The `token` function failed.', { cause });
  }
  if (typeof token === 'string' && tokenPattern.test(token)) return token;
  throw new TokenError(
    `The \`token\` function returned ${token ? 'something that is not a token' : 'no token'}.`,
  );
}
