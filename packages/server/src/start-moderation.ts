import type { ConferenceState } from '@parley-rtc/contract';
import { userKeyOf } from './actor.ts';
import type { Auth } from './auth/create-auth.ts';
import { Moderation } from './moderation/moderation.ts';
import type { Conferencing, Foundation } from './start-conferencing.ts';

/** What moderators can do, connected to the conferences and the logins. */
export function startModeration(
  { clock, onError, storage }: Foundation,
  { conferences, endpoints, standings, waiting }: Conferencing,
  { logins, revoke }: Pick<Auth, 'logins' | 'revoke'>,
): Moderation {
  const endUnreadable = (state: ConferenceState): void => {
    waiting.endWhere(
      (actor, conferenceId) => conferenceId === state.id && !conferences.mayRead(state, actor),
    );
  };
  // What a moderator decides at another node ends requests at this one.
  if (storage.shared) {
    conferences.onEvents(([event]) => {
      if (event?.type !== 'ConferenceMetadataUpdatedEvent') return;
      conferences
        .find(event.conferenceId)
        .then((state) => state && endUnreadable(state))
        .catch(onError);
    });
  }
  return new Moderation({
    conferences,
    visitors: storage.records('visitors'),
    endpoints,
    standings,
    clock,
    endLogin: async (loginId) => {
      const ending = logins.end(loginId);
      waiting.endWhere((actor) => actor.loginId === loginId);
      await ending;
    },
    ticketOf: (loginId) => logins.get(loginId)?.ticketId,
    disableTickets: (userKey, ticketId) => revoke.disableTickets(userKey, ticketId),
    endLoginsOf: async (userKey) => {
      const ending = revoke.endLoginsOf(userKey);
      waiting.endWhere((actor) => actor.loginId !== undefined && userKeyOf(actor) === userKey);
      await ending;
    },
    onClosed: endUnreadable,
    onError,
  });
}
