import { type Conference, type ConnectionStatus, PlaybackBlockedError } from '@parley-rtc/sdk';
import { messageOf } from './message-of.ts';
import { nameOf } from './people.ts';

/** A sentence about the call, for the line at its top. */
export interface CallStatus {
  readonly text: string;
  readonly connection: ConnectionStatus;
}

export const firstStatus: CallStatus = { text: 'Connected', connection: 'connected' };

/** What the page does about what happens in a call. */
export interface CallFollower {
  readonly onStatus: (status: CallStatus) => void;
  readonly onError: (text: string) => void;
  /** The browser wants a click before `element` plays. */
  readonly onBlocked: (element: HTMLMediaElement) => void;
}

/** Puts into words what happens in a call, until the returned function is called. */
export function followCall(conference: Conference, follower: CallFollower): () => void {
  const tell = (text: string) =>
    follower.onStatus({ text, connection: conference.state.getSnapshot().connection });
  const stops = [
    conference.on('participant-joined', ({ participant }) => tell(`${nameOf(participant)} is here`)),
    conference.on('participant-left', ({ participant }) => tell(`${nameOf(participant)} left`)),
    conference.on('connection-changed', ({ connection }) => {
      if (connection === 'reconnecting') tell('Connection lost. Reconnecting…');
      if (connection === 'connected') tell('Connected again');
    }),
    conference.on('error', ({ error }) => {
      if (error instanceof PlaybackBlockedError) follower.onBlocked(error.element);
      else follower.onError(messageOf(error));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
