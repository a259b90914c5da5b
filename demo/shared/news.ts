import type { Conference, Participant } from '@parley-rtc/sdk';
import { hasCode, messageOf } from './message-of.ts';
import { personOf } from './people.ts';
import type { TypedCall } from './schemas.ts';
import { createStore, type Store } from './store.ts';

interface NewsState {
  /** What happened last, for the line at the top of the call and for screen readers. */
  readonly text: string;
  /** What went wrong last; '' when nothing has. */
  readonly problem: string;
}

export interface News extends Store<NewsState> {
  readonly tell: (text: string) => void;
  readonly fail: (error: unknown) => void;
  /** What went wrong was read, or another try began. */
  readonly forget: () => void;
  readonly close: () => void;
}

/** Puts into words what happens in a call. */
export function createNews(conference: Conference, typed: TypedCall): News {
  const store = createStore<NewsState>({ text: 'Connected', problem: '' });
  const tell = (text: string) => store.set({ text });
  const fail = (error: unknown) => store.set({ problem: messageOf(error) });
  const raised = new Set<string>();
  const hear = (participant: Participant) => {
    const { name, isHandRaised } = personOf(typed, participant);
    if (isHandRaised && !raised.has(participant.id)) tell(`${name} raised a hand`);
    if (isHandRaised) raised.add(participant.id);
    else raised.delete(participant.id);
  };
  const stops = [
    conference.on('participant-joined', ({ participant }) => {
      tell(`${personOf(typed, participant).name} is here`);
      hear(participant);
    }),
    conference.on('participant-updated', ({ participant }) => hear(participant)),
    conference.on('participant-left', ({ participant }) => tell(`${personOf(typed, participant).name} left`)),
    conference.on('connection-changed', ({ connection }) => {
      if (connection === 'connected') tell('Connected again');
      if (connection === 'reconnecting') tell('Reconnecting…');
    }),
    conference.on('error', ({ error }) => {
      // Told by `state.playback`, with a button.
      if (!hasCode(error, 'ERR_PLAYBACK_BLOCKED')) fail(error);
    }),
  ];
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    tell,
    fail,
    forget: () => store.set({ problem: '' }),
    close: () => {
      for (const stop of stops) stop();
    },
  };
}
