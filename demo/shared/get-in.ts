import { type JoinOptions, redeemTicket } from '@parley-rtc/sdk';

/**
 * All that joining needs: our own back end gives us a ticket, the ticket gives us a token, and the token lets us in.
 */
export async function getIn(room: string, name: string): Promise<JoinOptions> {
  const server = location.origin;
  const response = await fetch('/backend/ticket', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ room }),
  }).catch((cause: unknown) => {
    throw new Error('This page’s server cannot be reached. Check your network connection, then try again.', {
      cause,
    });
  });
  const body = (await response.json()) as { ticket: string; conferenceId: string; error_description: string };
  if (!response.ok) throw new Error(body.error_description);
  const { token } = await redeemTicket({ server, ticket: body.ticket });
  return { server, conferenceId: body.conferenceId, token, metadata: { name } };
}
