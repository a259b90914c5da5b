import { randomUUID } from 'node:crypto';
import type { TokenRequest, TokenResponse } from '@parley-rtc/contract';
import { RefusalError } from '../refusal.ts';
import type { AccessTokens, Subject } from './access-tokens.ts';
import { CUSTOMER_CLIENT_ID, type Client, type Clients } from './clients.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import { authoritiesOf } from './rights.ts';
import type { Tickets } from './tickets.ts';

/** What {@link TokenGrants} needs. */
export interface TokenGrantsOptions {
  readonly clients: Clients;
  readonly tickets: Tickets;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
}

const defaultOrganization = 'default';

/** The token endpoint: three ways to a token (decision 39). */
export class TokenGrants {
  readonly #options: TokenGrantsOptions;

  constructor(options: TokenGrantsOptions) {
    this.#options = options;
  }

  /**
   * A token for whoever the request and its `Authorization` header prove to be. Refused with `invalid_client`,
   * `invalid_grant`, `unauthorized_client` or `invalid_request`.
   */
  async grant(request: TokenRequest, authorization: string | undefined): Promise<TokenResponse> {
    const { id, secret } = credentialsOf(request, authorization);
    const client = this.#options.clients.authenticate(id, secret);
    switch (request.grant_type) {
      case 'client_credentials':
        return this.#answer(clientSubject(client), { isRenewable: false });
      case 'password':
        return this.#answer(this.#ticketSubject(request, client), { isRenewable: true });
      case 'refresh_token':
        return this.#answer(await this.#renewedSubject(request, client), { isRenewable: true });
    }
  }

  #ticketSubject(request: TokenRequest, client: Client): Subject {
    const ticket = this.#options.tickets.find(request.ticket ?? request.username ?? '');
    const conferenceId = ticket?.properties.conference_id;
    if (!ticket || conferenceId === undefined) {
      throw new RefusalError('invalid_grant', 'The ticket is unknown or expired. Ask for a new one.');
    }
    return {
      // Without a fixed user each login is a guest of its own, so two tabs with one ticket are two people.
      userId: ticket.properties.customer_id ?? randomUUID(),
      organizationId: ticket.organizationId,
      authorities: authoritiesOf(['CUSTOMER']),
      clientId: client.id,
      conferenceId,
    };
  }

  async #renewedSubject(request: TokenRequest, client: Client): Promise<Subject> {
    const subject = await this.#options.refreshTokens.redeem(request.refresh_token ?? '', client.id);
    if (!subject) {
      throw new RefusalError('invalid_grant', 'The refresh token is unknown, used or expired. Log in again.');
    }
    return subject;
  }

  async #answer(subject: Subject, { isRenewable }: { isRenewable: boolean }): Promise<TokenResponse> {
    const { token, jti, expiresInSeconds } = await this.#options.accessTokens.issue(subject);
    return {
      access_token: token,
      token_type: 'bearer',
      expires_in: expiresInSeconds,
      ...(isRenewable && { refresh_token: await this.#options.refreshTokens.issue(subject) }),
      scope: '',
      jti,
      organization: subject.organizationId,
      sub: subject.userId,
      ...(subject.conferenceId !== undefined && { conference_id: subject.conferenceId }),
    };
  }
}

function clientSubject(client: Client): Subject {
  if (client.id === CUSTOMER_CLIENT_ID) {
    throw new RefusalError(
      'unauthorized_client',
      'The public client "customer" has no rights of its own. Log in with grant_type password and a ticket.',
    );
  }
  return {
    userId: client.id,
    organizationId: client.organizationId ?? defaultOrganization,
    authorities: authoritiesOf(client.roles),
    clientId: client.id,
  };
}

/** From HTTP Basic, else from the form (RFC 6749, 2.3.1). */
function credentialsOf(
  request: TokenRequest,
  authorization: string | undefined,
): { readonly id: string; readonly secret: string } {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return { id: request.client_id ?? '', secret: request.client_secret ?? '' };
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? { id: text, secret: '' } : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
