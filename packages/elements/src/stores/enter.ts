import {
  Conference,
  InvalidOptionsError,
  prepareJoin,
  redeemTicket,
  type JoinOptions,
} from '@parley-rtc/sdk';
import type { VisitOptions } from './visit-options.ts';

// Apart from `create-visit.ts`, because a lobby can be shown before any of this has been fetched.

/** Connects to the server and fetches what a call needs. */
export async function prepare({ server }: VisitOptions): Promise<void> {
  await prepareJoin({ server });
}

/** Joins the conference of a ticket, or of a token. Rejects like `redeemTicket` and `Conference.join`. */
export async function enter(
  options: VisitOptions,
  own: Pick<JoinOptions, 'metadata' | 'publish' | 'onWaiting'> & { readonly signal: AbortSignal },
): Promise<Conference> {
  return await Conference.join({
    ...(await placeOf(options, own.signal)),
    messageHistory: true,
    ...options.joinOptions,
    server: options.server,
    ...own,
  });
}

/** Finds out which conference, and how to show that we may join it. */
async function placeOf(
  { server, ticket, token, conferenceId }: VisitOptions,
  signal: AbortSignal,
): Promise<Pick<JoinOptions, 'conferenceId' | 'token'>> {
  if (ticket !== undefined) {
    const redeemed = await redeemTicket(
      { server, ticket: typeof ticket === 'function' ? await ticket() : ticket },
      { signal },
    );
    const id = conferenceId ?? redeemed.conferenceId;
    if (id !== undefined) return { conferenceId: id, token: redeemed.token };
    throw new InvalidOptionsError('The ticket names no conference.', 'Set the conference id as well.');
  }
  if (token === undefined || conferenceId === undefined) {
    throw new InvalidOptionsError(
      'Nothing says which call to join.',
      'Set `ticket`, or `token` and the conference id.',
    );
  }
  return { conferenceId, token };
}
