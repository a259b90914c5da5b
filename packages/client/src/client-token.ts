import { requestToken } from './request-token.ts';
import { serverUrl } from './server-url.ts';

/** A machine client and the server that knows it. */
export interface ClientTokenOptions {
  /** Address of the server, as for `createRtcApi`. */
  readonly server: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/**
 * A token source for back ends: asks for a token of the client itself (grant `client_credentials`) on each call.
 * Never use it in a browser, where everybody can read the secret; there, use {@link redeemTicket} or a token from
 * your back end.
 *
 * @throws {@link InvalidOptionsError} (`ERR_INVALID_OPTIONS`) at once if `server` is no URL. The function returned
 * rejects with {@link UnauthorizedError} (`ERR_UNAUTHORIZED`) if id or secret are wrong.
 */
export function clientToken(options: ClientTokenOptions): () => Promise<string> {
  const { clientId, clientSecret, fetch } = options;
  const endpoint = { server: serverUrl(options.server), fetch };
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  } as const;
  return async () => (await requestToken(endpoint, form)).access_token;
}
