/**
 * An access token, or a function that fetches one. The client calls the function for the first request, again ahead of
 * the token's expiry (the `exp` of a JWT; other tokens never expire), and once when the server answers 401. Concurrent
 * requests share one call.
 */
export type TokenSource = string | (() => string | Promise<string>);
