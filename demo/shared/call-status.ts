import type { Conference, Participant } from '@parley-rtc/sdk';
import { hasCode, messageOf } from './message-of.ts';
import { personOf } from './people.ts';
import type { TypedCall } from './schemas.ts';
import { createStore, type Store } from './store.ts';

interface CallStatusState {
  /** The latest announcement, for the line at the top of the call and for screen readers. */
  readonly text: string;
  /** The latest error message; '' if there is none. */
  readonly problem: string;
}

export interface CallStatus extends Store<CallStatusState> {
  readonly announce: (text: string) => void;
  readonly showError: (error: unknown) => void;
  readonly clearError: () => void;
  readonly close: () => void;
}

/** How long an error stays, to be read: a call goes on, and nobody should have to dismiss what is past. */
const problemMs = 15_000;

/** Announces in words what happens in a call. */
export function createCallStatus(conference: Conference, typed: TypedCall): CallStatus {
  const store = createStore<CallStatusState>({ text: 'Connected', problem: '' });
  const announce = (text: string) => store.set({ text });
  let fading: ReturnType<typeof setTimeout> | undefined;
  const clearError = () => {
    clearTimeout(fading);
    store.set({ problem: '' });
  };
  const showError = (error: unknown) => {
    clearTimeout(fading);
    store.set({ problem: messageOf(error) });
    fading = setTimeout(clearError, problemMs);
  };
  const raised = new Set<string>();
  const announceHand = (participant: Participant) => {
    const { name, isHandRaised } = personOf(typed, participant);
    if (isHandRaised && !raised.has(participant.id)) announce(`${name} raised a hand`);
    if (isHandRaised) raised.add(participant.id);
    else raised.delete(participant.id);
  };
  const stops = [
    conference.on('participant-joined', ({ participant }) => {
      announce(`${personOf(typed, participant).name} joined`);
      announceHand(participant);
    }),
    conference.on('participant-updated', ({ participant }) => announceHand(participant)),
    conference.on('participant-left', ({ participant }) =>
      announce(`${personOf(typed, participant).name} left`),
    ),
    conference.on('connection-changed', ({ connection }) => {
      if (connection === 'connected') announce('Reconnected');
      if (connection === 'reconnecting') announce('Reconnecting…');
    }),
    conference.on('error', ({ error }) => {
      // The banner with the button already shows blocked playback.
      if (!hasCode(error, 'ERR_PLAYBACK_BLOCKED')) showError(error);
    }),
  ];
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    announce,
    showError,
    clearError,
    close: () => {
      clearTimeout(fading);
      for (const stop of stops) stop();
    },
  };
}
