import type { TokenResponse } from '@parley-rtc/contract';
import { HttpError } from './errors/http-error.ts';
import { requestToken } from './request-token.ts';
import type { CallOptions } from './rtc-api.ts';
import { serverUrl } from './server-url.ts';

/** A ticket and the server that knows it. */
export interface TicketOptions {
  /** Address of the server, as for `createRtcApi`. */
  readonly server: string;
  /** The code that the guest was given. */
  readonly ticket: string;
  /** Client id of the page that the guest uses; it has no secret. Default `customer`. */
  readonly clientId?: string;
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/** What a ticket opens. */
export interface RedeemedTicket {
  /** The one conference that the ticket's holder may enter; undefined if the server does not say. */
  readonly conferenceId: string | undefined;
  /** Who the holder is to the server; undefined if the server does not say. */
  readonly userId: string | undefined;
  /** Token source for this guest: renews by refresh token, and logs in anew when that is refused. */
  readonly token: () => Promise<string>;
}

/**
 * Logs in with a ticket and says which conference it opens, so that a guest needs nothing but the ticket:
 *
 * ```ts
 * const { conferenceId, token } = await redeemTicket({ server, ticket });
 * ```
 *
 * @throws {@link InvalidRequestError} (`ERR_INVALID_REQUEST`) for a ticket that is unknown or expired;
 * {@link InvalidOptionsError}, {@link ConnectionError}, {@link TimeoutError}, {@link AbortedError} as everywhere.
 */
export async function redeemTicket(options: TicketOptions, call?: CallOptions): Promise<RedeemedTicket> {
  const renew = ticketLogin(options);
  const first = await renew(call);
  let unused: TokenResponse | undefined = first;
  return {
    conferenceId: first.conference_id,
    userId: first.sub,
    async token() {
      const pending = unused ?? renew();
      unused = undefined;
      return (await pending).access_token;
    },
  };
}

/** A token source from a ticket, for those who know the conference already. Logs in when it is first called. */
export function ticketToken(options: TicketOptions): () => Promise<string> {
  const renew = ticketLogin(options);
  return async () => (await renew()).access_token;
}

/** Each call brings a new token: by the last refresh token, or by the ticket. */
function ticketLogin(options: TicketOptions): (call?: CallOptions) => Promise<TokenResponse> {
  const { ticket, clientId = 'customer', fetch } = options;
  const endpoint = { server: serverUrl(options.server), publicClientId: clientId, fetch };
  let refreshToken: string | undefined;

  const grant = async (call?: CallOptions) => {
    if (refreshToken !== undefined) {
      try {
        return await requestToken(
          endpoint,
          { grant_type: 'refresh_token', refresh_token: refreshToken },
          call,
        );
      } catch (error) {
        // Only a refusal makes the refresh token useless; a server that is down would not take the ticket either.
        if (!(error instanceof HttpError) || error.retryable) throw error;
      }
    }
    // Official clients disagree about the field that holds the ticket, so it goes into both.
    return requestToken(endpoint, { grant_type: 'password', username: ticket, password: '', ticket }, call);
  };

  return async (call) => {
    const response = await grant(call);
    // A server need not send a new refresh token; then the last one stays good.
    refreshToken = response.refresh_token ?? refreshToken;
    return response;
  };
}
