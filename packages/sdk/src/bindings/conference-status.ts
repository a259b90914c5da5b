import type { ConnectionStatus } from '../conference/conference-store.ts';

/** Where we stand: `joined` includes reconnecting, `left` includes being dropped by the server. */
export type ConferenceStatus = 'idle' | 'joining' | 'joined' | 'failed' | 'left' | 'ended';

/** How the connection of a conference that was joined counts. */
export const statusOf: Readonly<Record<ConnectionStatus, ConferenceStatus>> = {
  connected: 'joined',
  reconnecting: 'joined',
  left: 'left',
  ended: 'ended',
};
