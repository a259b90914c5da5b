import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { ParleyServerConfig } from '../config/parley-server-config.ts';
import type { Storage } from '../storage/storage.ts';
import { AccessTokens } from './access-tokens.ts';
import { Clients } from './clients.ts';
import { ExternalIssuer } from './external-issuer.ts';
import { RefreshTokens } from './refresh-tokens.ts';
import { rememberActors } from './remember-actors.ts';
import { Tickets } from './tickets.ts';
import { TokenGrants } from './token-grants.ts';

/** Who may come in: everything about tokens and tickets. */
export interface Auth {
  readonly grants: TokenGrants;
  readonly tickets: Tickets;
  readonly accessTokens: Pick<AccessTokens, 'keySet'>;
  /** Whom an `Authorization` header speaks for. Refused with `invalid_token`. */
  readonly authenticate: (authorization: string | undefined) => Promise<Actor>;
  /** Stops forgetting what expires; for the end of the server. */
  close(): void;
}

/** What {@link createAuth} needs beside the configuration. */
export interface AuthParts {
  readonly clock: Clock;
  readonly storage: Pick<Storage, 'signingKeys' | 'refreshTokens' | 'tickets'>;
  /** Told what failed where no caller waits for an answer, or where the caller cannot help it. */
  readonly onError: (error: unknown) => void;
}

/** Sets up tokens and tickets as the configuration asks for. */
export async function createAuth(config: ParleyServerConfig, parts: AuthParts): Promise<Auth> {
  const { clock, storage, onError } = parts;
  const { externalIssuer } = config;
  const accessTokens = await AccessTokens.create({
    clock,
    lifetimeSeconds: config.accessTokenSeconds ?? 15 * 60,
    keys: storage.signingKeys,
    keyRotationSeconds: config.keyRotationSeconds ?? 24 * 60 * 60,
    ...(externalIssuer && { externalIssuer: new ExternalIssuer(externalIssuer, clock, onError) }),
  });
  const refreshTokens = new RefreshTokens({
    clock,
    lifetimeMs: (config.refreshTokenSeconds ?? 24 * 60 * 60) * 1000,
    records: storage.refreshTokens,
    onError,
  });
  const tickets = new Tickets({
    clock,
    records: storage.tickets,
    expiredRetentionMs: config.expiredTicketRetentionMs ?? 24 * 60 * 60_000,
  });
  const clients = new Clients(config.clients);
  return {
    grants: new TokenGrants({ clients, tickets, accessTokens, refreshTokens }),
    tickets,
    accessTokens,
    authenticate: rememberActors((authorization) => accessTokens.authenticate(authorization), clock),
    close: () => {
      refreshTokens.close();
    },
  };
}
