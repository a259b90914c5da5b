import {
  Conference,
  InvalidOptionsError,
  peekConference,
  prepareJoin,
  redeemTicket,
  TokenError,
  type JoinOptions,
  type Participant,
} from '@parley-rtc/sdk';
import type { VisitOptions } from './visit-options.ts';

// Apart from `create-visit.ts`, because a lobby can be shown before any of this has been fetched.

/** Connects to the server and fetches what a call needs. */
export async function prepare({ server }: VisitOptions): Promise<void> {
  await prepareJoin({ server });
}

/** Where we may go: a conference, and the right to join it. */
export type Place = Pick<JoinOptions, 'conferenceId' | 'token'>;

/** Joins a conference. Rejects like `Conference.join`. */
export async function enter(
  { server, joinOptions }: VisitOptions,
  place: Place,
  own: Pick<JoinOptions, 'metadata' | 'publish' | 'onWaiting'> & { readonly signal: AbortSignal },
): Promise<Conference> {
  return await Conference.join({ ...place, messageHistory: true, ...joinOptions, server, ...own });
}

/** Who is in a conference; `ended` if it has ended. Rejects like `peekConference`. */
export async function lookInside(
  { server }: VisitOptions,
  place: Place,
  signal: AbortSignal,
): Promise<readonly Participant[] | 'ended'> {
  const { participants, ended } = await peekConference({ ...place, server, signal });
  return ended ? 'ended' : participants;
}

/** Finds out which conference, and how to show that we may join it. */
export async function placeOf(
  { server, ticket, token, conferenceId }: VisitOptions,
  signal: AbortSignal,
): Promise<Place> {
  if (ticket !== undefined) {
    const redeemed = await redeemTicket(
      { server, ticket: typeof ticket === 'function' ? await askForTicket(ticket) : ticket },
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

async function askForTicket(ticket: () => string | Promise<string>): Promise<string> {
  let answer: unknown;
  try {
    answer = await ticket();
  } catch (cause) {
    throw new TokenError('The `ticket` function failed.', { cause });
  }
  // A back end that is out of order often answers with JSON that has no ticket. The server would call that an expired one.
  if (typeof answer !== 'string' || answer === '') {
    throw new TokenError('The `ticket` function returned no ticket.');
  }
  return answer;
}
