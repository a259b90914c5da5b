import { redeemTicket } from '@parley-rtc/client';
import type { Ticket } from '@parley-rtc/contract';
import type { Caller } from '../api/caller.ts';
import type { Stage } from './stage.ts';

/** A guest with a ticket for this conference, which has these `properties`. Needs `tickets`. */
export async function guestOf(stage: Stage, conferenceId: string, properties: object = {}): Promise<Caller> {
  return holderOf(stage, await ticketFor(stage, conferenceId, properties));
}

/** A ticket for this conference. Needs `tickets`. */
export async function ticketFor(
  { caller }: Stage,
  conferenceId: string,
  properties: object = {},
): Promise<string> {
  const { id = '' } = await caller.need<Ticket>('createTicket', {
    body: { type: 'MULTI_USE_TICKET', ttl: 300, properties: { conference_id: conferenceId, ...properties } },
  });
  return id;
}

/** Logs in with a ticket. */
export async function holderOf({ caller, server }: Stage, ticket: string): Promise<Caller> {
  const { token } = await redeemTicket({ server: server.server, ticket });
  const first = token();
  return caller.as(() => first);
}
