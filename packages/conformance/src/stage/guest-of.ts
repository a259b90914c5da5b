import { redeemTicket } from '@parley-rtc/client';
import type { Ticket } from '@parley-rtc/contract';
import type { Caller } from '../api/caller.ts';
import type { Stage } from './stage.ts';

/** A guest with a ticket for this conference. Needs `tickets`. */
export async function guestOf({ caller, server }: Stage, conferenceId: string): Promise<Caller> {
  const properties = { conference_id: conferenceId };
  const { id: ticket = '' } = await caller.need<Ticket>('createTicket', {
    body: { type: 'MULTI_USE_TICKET', ttl: 300, properties },
  });
  const { token } = await redeemTicket({ server: server.server, ticket });
  const first = token();
  return caller.as(() => first);
}
