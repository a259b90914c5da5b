import type { ParleyError } from '@parley-rtc/client';
import { selectRecorder, type Recorder } from '../conventions/recording.ts';
import type { ConferenceStore } from '../state/conference-store.ts';
import { Listeners } from '../waiting/listeners.ts';
import { sameFields } from './same-fields.ts';

/** Whether the conference is recorded, and what a start or stop of ours does. */
export interface RecordingSnapshot {
  readonly isRecording: boolean;
  /** Who records and since when; undefined if nobody does. */
  readonly recorder: Recorder | undefined;
  /** Whether a `start` or `stop` of ours is under way. */
  readonly isBusy: boolean;
  /** Why our last `start` or `stop` failed; undefined again with the next one. */
  readonly error: ParleyError | undefined;
}

/** Recording as state. */
export interface RecordingStore {
  /** The same object until something changes. */
  readonly getSnapshot: () => RecordingSnapshot;
  /** Calls `listener` after each change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Records on the server. Does nothing while a start or stop is under way. Never rejects: `error` says what failed. */
  readonly start: () => Promise<void>;
  /** Stops recording on the server; like `start`. */
  readonly stop: () => Promise<void>;
}

/** A conference, as far as recording needs it. */
export interface RecordedConference {
  readonly state: Pick<ConferenceStore, 'getSnapshot' | 'subscribe'>;
  startRecording(): Promise<unknown>;
  stopRecording(): Promise<void>;
}

/** The snapshot without a conference. */
export const nothingRecorded: RecordingSnapshot = {
  isRecording: false,
  recorder: undefined,
  isBusy: false,
  error: undefined,
};

/** Creates the state of recording in a conference. */
export function createRecording(conference: RecordedConference): RecordingStore {
  const { state } = conference;
  const listeners = new Listeners<void>((cause) => {
    throw cause;
  });
  let snapshot = nothingRecorded;
  let isBusy = false;
  let error: ParleyError | undefined;
  const perform = async (change: () => Promise<unknown>): Promise<void> => {
    if (isBusy) return;
    [isBusy, error] = [true, undefined];
    listeners.call();
    try {
      await change();
    } catch (failure) {
      // The methods of `Conference` reject with nothing else.
      error = failure as ParleyError;
    }
    isBusy = false;
    listeners.call();
  };
  return {
    getSnapshot: () => {
      const recorder = selectRecorder(state.getSnapshot());
      const next = { isRecording: recorder !== undefined, recorder, isBusy, error };
      if (!sameFields(snapshot, next)) snapshot = next;
      return snapshot;
    },
    subscribe: (listener) => {
      const stops = [listeners.add(listener), state.subscribe(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    start: () => perform(() => conference.startRecording()),
    stop: () => perform(() => conference.stopRecording()),
  };
}
