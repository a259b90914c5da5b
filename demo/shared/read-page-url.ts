import type { LogLevel } from '@parley-rtc/sdk';
import { roomName } from '../room-name.ts';
import type { MediaSelection } from './media-selection.ts';

/** What the page's URL says about the call. */
export interface PageUrl {
  readonly room: string;
  /** The user's name; '' if the URL has none. */
  readonly name: string;
  readonly selection: MediaSelection;
  readonly autoJoin: boolean;
}

/**
 * Reads `?room=`, `?name=`, `?camera=0`, `?mic=0` and `?autojoin=1` from the page's URL. Without a room, makes one up
 * and adds it to the URL.
 */
export function readPageUrl(): PageUrl {
  const parameters = new URLSearchParams(location.search);
  const room = parameters.get('room') || roomName();
  parameters.set('room', room);
  history.replaceState(null, '', `?${parameters}`);
  const autoJoin = parameters.get('autojoin') === '1';
  return {
    room,
    name: parameters.get('name') ?? (autoJoin ? 'Guest' : ''),
    selection: { camera: parameters.get('camera') !== '0', microphone: parameters.get('mic') !== '0' },
    autoJoin,
  };
}

/** How much of the call to log to the console: `?log=debug`. Joining rejects a level that does not exist. */
export function readLogLevel(): LogLevel | undefined {
  return (new URLSearchParams(location.search).get('log') as LogLevel | null) ?? undefined;
}
