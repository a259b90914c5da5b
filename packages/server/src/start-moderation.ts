import type { Auth } from './auth/create-auth.ts';
import { refusalToRead } from './conferences/rules/require-entry.ts';
import { Moderation } from './moderation/moderation.ts';
import type { Conferencing, Foundation } from './start-conferencing.ts';

/** What moderators can do, connected to the conferences and the logins. */
export function startModeration(
  { clock, onError }: Foundation,
  { conferences, endpoints, standings, waiting }: Conferencing,
  { logins, revoke }: Pick<Auth, 'logins' | 'revoke'>,
): Moderation {
  return new Moderation({
    conferences,
    endpoints,
    standings,
    clock,
    endLogin: (loginId) => logins.end(loginId),
    disableTicketsOf: (userKey) => revoke.disableTicketsOf(userKey),
    endLoginsOf: (userKey) => revoke.endLoginsOf(userKey),
    onClosed: (state) => {
      waiting.endWhere(
        (actor, conferenceId) =>
          conferenceId === state.id &&
          refusalToRead(state, { actor, standing: standings.of(conferenceId, actor) }) !== undefined,
      );
    },
    onError,
  });
}
