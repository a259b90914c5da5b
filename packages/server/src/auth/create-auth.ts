import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits/limits.ts';
import { RefusalError } from '../refusal.ts';
import type { Storage } from '../storage/storage.ts';
import { AccessTokens } from './access-tokens.ts';
import { Clients, type Client } from './clients.ts';
import { ExternalIssuer, type ExternalIssuerConfig } from './external-issuer.ts';
import { Logins } from './logins.ts';
import { rememberActors } from './remember-actors.ts';
import { Revocations } from './revocations.ts';
import { RevokeAccess } from './revoke-access.ts';
import { Tickets } from './tickets.ts';
import { TokenGrants, type TokenGrantsOptions } from './token-grants.ts';

/** Everything about tokens and tickets. */
export interface Auth {
  readonly grants: TokenGrants;
  readonly tickets: Tickets;
  readonly logins: Pick<Logins, 'bind' | 'count' | 'end' | 'get'>;
  readonly revoke: RevokeAccess;
  readonly accessTokens: Pick<AccessTokens, 'keySet'>;
  /** The actor that an `Authorization` header identifies. Refuses with `invalid_token`. */
  readonly authenticate: (authorization: string | undefined) => Promise<Actor>;
  /** Refuses with `invalid_token` when the login of an actor, who was authenticated before, has ended. */
  readonly requireLogin: (actor: Actor) => void;
  /** Drops what has expired and is not needed any more. */
  dropExpired(): Promise<void>;
  /** Stops dropping expired logins; for shutdown. */
  close(): void;
}

/** The part of the server's configuration about tokens and tickets; `ParleyServerConfig` documents the defaults. */
export interface AuthOptions {
  readonly clients: readonly Client[];
  readonly accessTokenSeconds?: number;
  readonly keyRotationSeconds?: number;
  readonly externalIssuer?: ExternalIssuerConfig;
  readonly refreshTokenSeconds?: number;
  readonly maxLoginSeconds?: number;
  readonly expiredTicketRetentionMs?: number;
}

/** What {@link createAuth} needs besides its options. */
export interface AuthParts extends Pick<TokenGrantsOptions, 'instanceOf'> {
  readonly clock: Clock;
  readonly storage: Pick<Storage, 'records'>;
  readonly limits: Limits;
  /** Called when another node ended a login. */
  readonly onLoginEnded?: (loginId: string) => void;
  /** Called with the key of a user whom another node revoked. */
  readonly onUserRevoked?: (userKey: string) => void;
  /** Receives errors that no caller waits for, or that the caller cannot fix. */
  readonly onError: (error: unknown) => void;
}

const daySeconds = 24 * 60 * 60;

/** Sets up tokens and tickets as configured. */
export async function createAuth(options: AuthOptions, parts: AuthParts): Promise<Auth> {
  const { clock, storage, onError, instanceOf, limits, onLoginEnded, onUserRevoked } = parts;
  const { externalIssuer } = options;
  const clients = new Clients(options.clients);
  const isClientId = (userId: string): boolean => clients.has(userId);
  const maxAgeMs = (options.maxLoginSeconds ?? daySeconds) * 1000;
  const accessTokens = await AccessTokens.create({
    clock,
    isClientId,
    lifetimeSeconds: options.accessTokenSeconds ?? 15 * 60,
    maxLoginMs: maxAgeMs,
    keys: storage.records('signing_keys'),
    keyRotationSeconds: options.keyRotationSeconds ?? daySeconds,
    ...(externalIssuer && { externalIssuer: new ExternalIssuer(externalIssuer, clock, onError) }),
  });
  const logins = new Logins({
    clock,
    maxAgeMs,
    unusedLifetimeMs: (options.refreshTokenSeconds ?? daySeconds) * 1000,
    limits,
    records: storage.records('refresh_tokens'),
    ...(onLoginEnded && { onEndedElsewhere: onLoginEnded }),
    onError,
  });
  const tickets = new Tickets({
    clock,
    isClientId,
    records: storage.records('tickets'),
    expiredRetentionMs: options.expiredTicketRetentionMs ?? daySeconds * 1000,
  });
  const revocations = new Revocations({
    clock,
    records: storage.records('revocations'),
    ...(onUserRevoked && { onRevokedElsewhere: onUserRevoked }),
  });
  const remembered = rememberActors((authorization) => accessTokens.authenticate(authorization), clock);
  return {
    grants: new TokenGrants({ clients, tickets, accessTokens, logins, instanceOf }),
    tickets,
    logins,
    revoke: new RevokeAccess({ tickets, logins, revocations, isClientId }),
    accessTokens,
    // Checked for each request, so that a revocation takes effect immediately.
    authenticate: async (authorization) => asOfNow(await remembered(authorization), logins, revocations),
    requireLogin: (actor) => void asOfNow(actor, logins, revocations),
    dropExpired: async () => {
      await tickets.dropExpired();
      await logins.dropEnded();
      await revocations.dropOld();
    },
    close: () => {
      logins.close();
    },
  };
}

/** The actor with what its login knows now. Refuses with `invalid_token` when the login has ended. */
function asOfNow(actor: Actor, logins: Logins, revocations: Revocations): Actor {
  const login = actor.loginId === undefined ? undefined : logins.get(actor.loginId);
  if ((actor.loginId !== undefined && !login) || revocations.includes(actor)) {
    throw new RefusalError('invalid_token', 'The login has ended or was revoked. Log in again.');
  }
  const { conferenceInstance } = login ?? {};
  return conferenceInstance === undefined ? actor : { ...actor, conferenceInstance };
}
