/**
 * An access token, or a function that gets one. The function is called for the first request, again ahead of the
 * token's expiry (the `exp` of a JWT; other tokens are kept), and once when the server answers 401. Requests that need
 * a token at the same time share one call of it.
 */
export type TokenSource = string | (() => string | Promise<string>);
