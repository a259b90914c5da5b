import { userKeyOf } from '../../actor.ts';
import type { Auth } from '../../auth/create-auth.ts';
import type { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import type { WaitingRequests } from '../../push/waiting-requests.ts';
import type { Handlers } from '../operations.ts';
import type { LoginGuard } from '../rates/login-guard.ts';

type Names = 'requestToken' | 'createTicket' | 'getTicket' | 'revokeTicket' | 'revokeUser';

/** Tokens and tickets. Revoked users leave their conferences. `guard` limits the rates of logins; undefined for none. */
export function securityHandlers(
  { grants, tickets, revoke }: Pick<Auth, 'grants' | 'tickets' | 'revoke'>,
  {
    endpoints,
    waiting,
  }: {
    readonly endpoints: Pick<UserEndpoints, 'dropAllOf'>;
    readonly waiting: Pick<WaitingRequests, 'endWhere'>;
  },
  guard: LoginGuard | undefined,
): Handlers<Names> {
  const removeAll = (userKeys: readonly string[]): void => {
    for (const userKey of userKeys) endpoints.dropAllOf(userKey);
    const revoked = new Set(userKeys);
    waiting.endWhere((actor) => revoked.has(userKeyOf(actor)));
  };
  return {
    requestToken: ({ body, authorization, address }) =>
      guard
        ? guard.logIn(address, body, (admit) => grants.grant(body, authorization, admit))
        : grants.grant(body, authorization),
    createTicket: async ({ body, actor, address }) => {
      await guard?.admit(address, userKeyOf(actor));
      return tickets.create(body, actor);
    },
    getTicket: ({ params, actor }) => tickets.read(params.id, actor),
    revokeTicket: async ({ params, actor }) => {
      removeAll(await revoke.ticket(params.id, actor));
    },
    revokeUser: async ({ body, actor }) => {
      removeAll(await revoke.user(body.userId, actor));
    },
  };
}
