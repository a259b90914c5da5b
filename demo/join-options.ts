import {
  redeemTicket,
  ServerError,
  UnsupportedBrowserError,
  type JoinOptions,
  type LogLevel,
} from '@parley-rtc/sdk';

const query = new URLSearchParams(location.search);

/** The room that the page's address names. */
export const room: string = query.get('room') ?? 'demo';
/** The language of the elements, from the page's address. */
export const language: string = query.get('lang') ?? 'en';

/** What the lobby says after a call, by its status. */
export const titles: Readonly<Record<string, string | undefined>> = {
  left: 'You left the call',
  ended: 'The call has ended',
  removed: 'You were removed from the call',
};

/** Asks the page's own back end for a ticket, and says how to join the room with it. */
export async function joinOptionsFor(name: string): Promise<JoinOptions> {
  // The user would neither see nor hear anyone.
  if (!('RTCPeerConnection' in window)) throw new UnsupportedBrowserError('RTCPeerConnection');
  const response = await fetch('/backend/ticket', { method: 'POST', body: JSON.stringify({ room }) });
  if (!response.ok) throw new ServerError({ operation: 'ticket', status: response.status });
  const { ticket } = (await response.json()) as { ticket: string };
  const server = location.origin;
  const { conferenceId = '', token } = await redeemTicket({ server, ticket });
  const log = query.get('log') as LogLevel | null;
  return {
    server,
    conferenceId,
    token,
    metadata: { name },
    publish: { camera: true, microphone: true, allowMissing: true },
    messageHistory: true,
    ...(log && { log }),
  };
}
