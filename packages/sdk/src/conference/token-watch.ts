import type { TokenClaims, TokenNews } from '@parley-rtc/client';

/** What our tokens say, for a session that begins after the first of them. */
export class TokenWatch {
  /** Of the token in use. */
  claims: TokenClaims = {};
  /** How long the first one took to fetch, in milliseconds. */
  firstMs: number | undefined;
  onChanged: (claims: TokenClaims) => void = () => {};

  readonly onToken = ({ claims, tookMs }: TokenNews): void => {
    this.claims = claims;
    this.firstMs ??= tookMs;
    this.onChanged(claims);
  };
}
