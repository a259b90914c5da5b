import { decodeJwt } from 'jose';

/**
 * The payload of a JWT; these are the claims that Parley reads. They are not verified: only the server can do that.
 */
export interface TokenClaims {
  /** Expiry, in seconds since the epoch of the issuer's clock. */
  readonly exp?: number;
  /** When the token was issued, in seconds since the epoch of the issuer's clock. */
  readonly iat?: number;
  /** Roles of its holder, such as `['ROLE_AGENT']`. */
  readonly authorities?: unknown;
  /** The one conference that it is valid for, as with a guest's ticket. */
  readonly conference_id?: unknown;
}

/** The claims of a token; empty if it is not a JWT. */
export function claimsOf(token: string): TokenClaims {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}

/** A new token and how long fetching it took. */
export interface TokenNews {
  readonly claims: TokenClaims;
  /** Fetch time in milliseconds; 0 for a fixed token. */
  readonly tookMs: number;
}
