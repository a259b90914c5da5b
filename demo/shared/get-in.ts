import type { JoinOptions } from '@parley-rtc/sdk';
import { postToBackend } from './post-to-backend.ts';
import type { Sdk } from './sdk.ts';

/** What joining needs, and the token by which our own back end knows us later. */
export interface Entry extends JoinOptions {
  readonly token: () => Promise<string>;
}

/**
 * All that joining needs: our own back end gives us a ticket, the ticket gives us a token, and the token lets us in.
 */
export async function getIn({ redeemTicket }: Sdk, room: string, name: string): Promise<Entry> {
  const server = location.origin;
  const { ticket, conferenceId } = await postToBackend<{ ticket: string; conferenceId: string }>('ticket', {
    room,
  });
  const { token } = await redeemTicket({ server, ticket });
  return { server, conferenceId, token, metadata: { name } };
}
