import { randomUUID } from 'node:crypto';
import {
  ordinaryPermissions,
  readPermissions,
  type Ticket,
  type TokenRequest,
  type TokenResponse,
} from '@parley-rtc/contract';
import { RefusalError } from '../refusal.ts';
import type { AccessTokens } from './access-tokens.ts';
import { CUSTOMER_CLIENT_ID, type Client, type Clients } from './clients.ts';
import { credentialsOf } from './credentials-of.ts';
import type { Login, Logins } from './logins.ts';
import { profileIn } from './profile.ts';
import { authoritiesOf } from './rights.ts';
import type { Subject } from './subject.ts';
import type { Tickets } from './tickets.ts';

/** A conference among all that ever had its id. */
interface ConferenceInstance {
  readonly id: string;
  readonly isEnded: boolean;
}

/** What {@link TokenGrants} needs. */
export interface TokenGrantsOptions {
  readonly clients: Clients;
  readonly tickets: Tickets;
  readonly accessTokens: AccessTokens;
  readonly logins: Logins;
  /** The conference that has this id now; undefined if there is none. */
  readonly instanceOf: (conferenceId: string) => Promise<ConferenceInstance | undefined>;
}

/** Called with a name of the credential once it has proved right, before anything is issued; may refuse. */
export type Admit = (credential: string) => Promise<void> | void;

const defaultOrganization = 'default';

/** The token endpoint, with its three grant types (decision 39). */
export class TokenGrants {
  readonly #options: TokenGrantsOptions;

  constructor(options: TokenGrantsOptions) {
    this.#options = options;
  }

  /**
   * Issues a token for the subject that the request and its `Authorization` header prove. Refuses with
   * `invalid_client`, `invalid_grant`, `unauthorized_client` or `invalid_request`.
   */
  async grant(
    request: TokenRequest,
    authorization: string | undefined,
    admit: Admit = () => {},
  ): Promise<TokenResponse> {
    const { id, secret } = credentialsOf(request, authorization);
    const client = this.#options.clients.authenticate(id, secret);
    switch (request.grant_type) {
      case 'client_credentials': {
        const subject = clientSubject(client);
        await admit(`client ${client.id}`);
        return this.#answer(subject);
      }
      case 'password':
        return this.#logIn(request, client, admit);
      case 'refresh_token':
        return this.#renew(request.refresh_token ?? '', client, admit);
    }
  }

  async #logIn(request: TokenRequest, client: Client, admit: Admit): Promise<TokenResponse> {
    const { tickets, logins, instanceOf } = this.#options;
    const code = request.ticket ?? request.username ?? '';
    const ticket = tickets.find(code);
    const subject = ticket && this.#guestOf(ticket, client);
    if (!subject) {
      if (tickets.isDisabled(code)) {
        throw new RefusalError(
          'invalid_grant',
          'A moderator banned the holder of this ticket from the conference. Do not try again.',
        );
      }
      throw new RefusalError(
        'invalid_grant',
        'The ticket is unknown, expired or revoked. Request a new one.',
      );
    }
    await admit(`ticket ${ticket.id}`);
    const instance = await instanceOf(subject.conferenceId);
    const { login, token } = await logins.start(subject, {
      ticketId: ticket.id,
      ...(instance && !instance.isEnded && { conferenceInstance: instance.id }),
    });
    return this.#answer(subject, login, token);
  }

  async #renew(token: string, client: Client, admit: Admit): Promise<TokenResponse> {
    const { logins } = this.#options;
    const login = await logins.find(token, client.id);
    if (!login) {
      throw new RefusalError('invalid_grant', 'The refresh token is unknown, used or expired. Log in again.');
    }
    await admit(`login ${login.id}`);
    if (!(await this.#mayContinue(login))) {
      await logins.end(login.id);
      throw new RefusalError(
        'invalid_grant',
        'The login ended with its conference or its ticket. Log in again with a valid ticket.',
      );
    }
    return this.#answer(login.subject, login, await logins.renew(login, token));
  }

  /** A login lives as long as its conference. Before that conference exists, it lives as long as its ticket. */
  async #mayContinue({ id, subject, ticketId, conferenceInstance }: Login): Promise<boolean> {
    const { tickets, logins, instanceOf } = this.#options;
    const instance = await instanceOf(subject.conferenceId ?? '');
    const isAlive = instance !== undefined && !instance.isEnded;
    if (conferenceInstance !== undefined) return isAlive && instance.id === conferenceInstance;
    if (isAlive) await logins.bind(id, instance.id);
    return isAlive || (ticketId !== undefined && tickets.find(ticketId) !== undefined);
  }

  /** The subject of a ticket's holder; undefined for a ticket that gives a client's id, which would impersonate it. */
  #guestOf(ticket: Ticket, client: Client): (Subject & { readonly conferenceId: string }) | undefined {
    const { conference_id: conferenceId, customer_id: customerId } = ticket.properties ?? {};
    const isImpostor = customerId !== undefined && this.#options.clients.has(customerId);
    if (conferenceId === undefined || isImpostor) return undefined;
    return {
      // Without a fixed user each login is a separate guest, so two tabs with one ticket are two people.
      userId: customerId ?? randomUUID(),
      organizationId: ticket.organizationId ?? defaultOrganization,
      authorities: authoritiesOf(mayModerate(ticket) ? ['CUSTOMER', 'MODERATOR'] : ['CUSTOMER']),
      clientId: client.id,
      conferenceId,
      ...permissionsIn(ticket),
      ...profileOf(ticket),
    };
  }

  async #answer(subject: Subject, login?: Login, refreshToken?: string): Promise<TokenResponse> {
    const { token, jti, expiresInSeconds } = await this.#options.accessTokens.issue(subject, login);
    return {
      access_token: token,
      token_type: 'bearer',
      expires_in: expiresInSeconds,
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
      scope: '',
      jti,
      organization: subject.organizationId,
      sub: subject.userId,
      ...(subject.conferenceId !== undefined && { conference_id: subject.conferenceId }),
    };
  }
}

/** Tickets that an older server stored may have anything there. */
function changesIn({ properties }: Ticket): Readonly<Record<string, unknown>> | undefined {
  const changes: unknown = properties?.['permissions'];
  return typeof changes === 'object' && changes !== null ? { ...changes } : undefined;
}

/** What the ticket permits, if it says more than whether its holder moderates. */
function permissionsIn(ticket: Ticket): Pick<Subject, 'permissions'> {
  const changes = changesIn(ticket);
  const permissions =
    changes && readPermissions({ ...ordinaryPermissions, ...changes, moderate: mayModerate(ticket) });
  return permissions ? { permissions } : {};
}

function mayModerate(ticket: Ticket): boolean {
  return (changesIn(ticket)?.['moderate'] ?? ticket.properties?.['moderator']) === true;
}

function profileOf({ properties }: Ticket): Pick<Subject, 'verified'> {
  const verified = profileIn({ verified: properties?.['verified'] });
  return verified ? { verified } : {};
}

function clientSubject(client: Client): Subject {
  if (client.id === CUSTOMER_CLIENT_ID) {
    throw new RefusalError(
      'unauthorized_client',
      'The public client "customer" has no rights without a ticket. Log in with grant_type password and a ticket.',
    );
  }
  return {
    userId: client.id,
    organizationId: client.organizationId ?? defaultOrganization,
    authorities: authoritiesOf(client.roles),
    clientId: client.id,
  };
}
