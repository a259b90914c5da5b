import type { TokenResponse } from '@parley-rtc/contract';
import { InvalidOptionsError } from './errors/api-errors.ts';
import { atBoundary, withBoundary } from './errors/at-boundary.ts';
import { HttpError } from './errors/http-error.ts';
import { requestToken } from './request-token.ts';
import type { CallOptions } from './rtc-api.ts';
import { serverUrl } from './server-url.ts';

/** A ticket and the server that issued it. */
export interface TicketOptions {
  /** Base URL of the server, as for `createRtcApi`. */
  readonly server: string;
  /** The code that the guest received. */
  readonly ticket: string;
  /** Client id of the guest's page, a client without a secret. Default `customer`. */
  readonly clientId?: string;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/** What a ticket gives access to. */
export interface RedeemedTicket {
  /** The one conference that the ticket's holder may join; undefined if the server does not name it. */
  readonly conferenceId: string | undefined;
  /** The holder's user id; undefined if the server does not name it. */
  readonly userId: string | undefined;
  /** Token source for this guest. Renews with the refresh token, and logs in again if that is rejected. */
  readonly token: () => Promise<string>;
}

/**
 * Logs in with a ticket and returns the conference it gives access to, so a guest needs nothing but the ticket:
 *
 * ```ts
 * const { conferenceId, token } = await redeemTicket({ server, ticket });
 * ```
 *
 * @throws {@link InvalidRequestError} (`ERR_INVALID_REQUEST`) if the ticket is unknown or expired;
 * {@link InvalidOptionsError} (`ERR_INVALID_OPTIONS`) if there is no ticket; {@link ConnectionError}, {@link TimeoutError},
 * {@link AbortedError} as for every call.
 */
export function redeemTicket(options: TicketOptions, call?: CallOptions): Promise<RedeemedTicket> {
  return atBoundary('redeemTicket', () => redeem(options, call));
}

async function redeem(options: TicketOptions, call: CallOptions | undefined): Promise<RedeemedTicket> {
  const renew = ticketLogin(options);
  const first = await renew(call);
  let unused: TokenResponse | undefined = first;
  return withBoundary({
    conferenceId: first.conference_id,
    userId: first.sub,
    async token() {
      const pending = unused ?? renew();
      unused = undefined;
      return (await pending).access_token;
    },
  });
}

/** Creates a token source from a ticket, for apps that already know the conference. Logs in on its first call. */
export function ticketToken(options: TicketOptions): () => Promise<string> {
  const renew = atBoundary('ticketToken', () => ticketLogin(options));
  return () => atBoundary('token', async () => (await renew()).access_token);
}

/** Each call returns a new token, from the last refresh token or from the ticket. */
function ticketLogin(options: TicketOptions): (call?: CallOptions) => Promise<TokenResponse> {
  const { ticket, clientId = 'customer', fetch } = options;
  // Otherwise the server would say that the ticket "undefined" has expired.
  if (typeof ticket !== 'string' || ticket === '') {
    throw new InvalidOptionsError('`ticket` is missing.', 'Pass the one that your back end issued.');
  }
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
        // Only a rejected refresh token is useless. A server that is down would not accept the ticket either.
        if (!(error instanceof HttpError) || error.retryable) throw error;
      }
    }
    // Official clients disagree on which field holds the ticket, so set both.
    return requestToken(endpoint, { grant_type: 'password', username: ticket, password: '', ticket }, call);
  };

  return async (call) => {
    const response = await grant(call);
    // If the server sends no new refresh token, the last one stays valid.
    refreshToken = response.refresh_token ?? refreshToken;
    return response;
  };
}
