import { decodeJwt } from 'jose';

/**
 * What a token says of itself: the whole payload of a JWT, of which these are the claims that we look at. Only the server
 * can tell whether that is true.
 */
export interface TokenClaims {
  /** When it expires, in seconds since 1970. */
  readonly exp?: number;
  /** What its holder is, such as `['ROLE_AGENT']`. */
  readonly authorities?: unknown;
  /** The one conference that it is good for, as a guest's ticket says. */
  readonly conference_id?: unknown;
}

/** The claims of a token; none of one that is no JWT. */
export function claimsOf(token: string): TokenClaims {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}

/** Another token is in use. */
export interface TokenNews {
  readonly claims: TokenClaims;
  /** How long it took to fetch, in milliseconds; 0 for one that was given. */
  readonly tookMs: number;
}
