import type { Tickets } from '../auth/tickets.ts';
import type { TokenGrants } from '../auth/token-grants.ts';
import type { Handlers } from './operations.ts';

/** Tokens and tickets. */
export function securityHandlers(
  grants: TokenGrants,
  tickets: Tickets,
): Handlers<'requestToken' | 'createTicket' | 'getTicket'> {
  return {
    requestToken: ({ body, authorization }) => grants.grant(body, authorization),
    createTicket: ({ body, actor }) => tickets.create(body, actor),
    getTicket: ({ params, actor }) => tickets.read(params.id, actor),
  };
}
