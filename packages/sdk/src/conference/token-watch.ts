import type { TokenClaims, TokenNews } from '@parley-rtc/client';

/** Keeps the claims of the current token, because the session starts only after the first token is fetched. */
export class TokenWatch {
  /** The claims of the current token. */
  claims: TokenClaims = {};
  /** How long fetching the first token took, in milliseconds. */
  firstMs: number | undefined;
  onChanged: (claims: TokenClaims) => void = () => {};

  readonly onToken = ({ claims, tookMs }: TokenNews): void => {
    this.claims = claims;
    this.firstMs ??= tookMs;
    this.onChanged(claims);
  };
}
