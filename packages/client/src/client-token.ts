import type { TokenResponse } from '@parley-rtc/contract';
import { atBoundary } from './errors/at-boundary.ts';
import { requestToken } from './request-token.ts';
import { serverUrl } from './server-url.ts';

/** A machine client's credentials and its server. */
export interface ClientTokenOptions {
  /** Base URL of the server, as for `createRtcApi`. */
  readonly server: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/**
 * Creates a token source for back ends. Each call requests a token for the client itself (grant `client_credentials`).
 * Never use it in a browser, where anyone can read the secret; use {@link redeemTicket} or a token from your back end
 * there.
 *
 * @throws {@link InvalidOptionsError} (`ERR_INVALID_OPTIONS`) synchronously if `server` is not a URL. The returned
 * function rejects with {@link UnauthorizedError} (`ERR_UNAUTHORIZED`) if the id or secret is wrong.
 */
export function clientToken(options: ClientTokenOptions): () => Promise<string> {
  const login = atBoundary('clientToken', () => clientLogin(options));
  return () => atBoundary('token', async () => (await login()).access_token);
}

function clientLogin({
  server,
  clientId,
  clientSecret,
  fetch,
}: ClientTokenOptions): () => Promise<TokenResponse> {
  const endpoint = { server: serverUrl(server), fetch };
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  } as const;
  return () => requestToken(endpoint, form);
}
