import type { JoinOptions } from '@parley-rtc/sdk';
import { postToBackend } from './post-to-backend.ts';
import { readLogLevel } from './read-page-url.ts';
import type { Sdk } from './sdk.ts';
import { UserError } from './user-error.ts';

/**
 * Gets the options for joining: the back end issues a ticket, the ticket gives a token, and the token lets the page join.
 *
 * @throws UserError in a browser without WebRTC, whose user would neither see nor hear anyone.
 */
export async function getJoinOptions(
  { redeemTicket }: Sdk,
  room: string,
  name: string,
): Promise<JoinOptions> {
  if (typeof RTCPeerConnection !== 'function') {
    throw new UserError('Your browser can’t make calls. Update it, or use another browser.');
  }
  const server = location.origin;
  const { ticket, conferenceId } = await postToBackend<{ ticket: string; conferenceId: string }>('ticket', {
    room,
  });
  const { token } = await redeemTicket({ server, ticket });
  const log = readLogLevel();
  return {
    server,
    conferenceId,
    token,
    metadata: { name },
    // A participant who joins late reads what was written before.
    messageHistory: true,
    ...(log && { log }),
  };
}
