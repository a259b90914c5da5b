import type { QualityLevel, StreamQuality } from '../quality/quality-of.ts';
import type { ConferenceStore, ConnectionStatus } from '../state/conference-store.ts';
import { selectSelf } from '../state/selectors.ts';
import { Listeners } from '../waiting/listeners.ts';
import { sameFields } from './same-fields.ts';

/** Our connection to a conference at one moment. */
export interface ConnectionSnapshot {
  /** `reconnecting` concerns events only: media may still flow. */
  readonly status: ConnectionStatus;
  /** Since when, as `Date.now()` says it: when a component that uses the connection first saw this status. */
  readonly sinceMs: number;
  /**
   * The worst level of quality among the streams that we publish; `lost` when the server receives nothing of one of them.
   * Undefined while nothing is published or measured yet.
   */
  readonly ownMedia: QualityLevel | undefined;
}

/** Our connection as state. */
export interface ConnectionStore {
  /** The same object until something changes. */
  readonly getSnapshot: () => ConnectionSnapshot;
  /**
   * Calls `listener` after each change, until the returned function is called. Quality is measured every 2 s while there are
   * listeners.
   */
  readonly subscribe: (listener: () => void) => () => void;
}

/** A conference, as far as its connection is concerned. */
export interface ConnectedConference {
  readonly state: Pick<ConferenceStore, 'getSnapshot' | 'subscribe'>;
  on(name: 'quality-changed', listener: () => void): () => void;
  quality(streamId: string): StreamQuality | undefined;
}

const worstFirst: readonly QualityLevel[] = ['lost', 'poor', 'good', 'excellent'];
const connections = new WeakMap<ConnectedConference, ConnectionStore>();

/** Returns the connection of a conference: always the same, so that all components see the same `sinceMs`. */
export function connectionOf(conference: ConnectedConference): ConnectionStore {
  const connection = connections.get(conference) ?? createConnection(conference);
  connections.set(conference, connection);
  return connection;
}

function createConnection(conference: ConnectedConference): ConnectionStore {
  const { state } = conference;
  const listeners = new Listeners<void>((cause) => {
    throw cause;
  });
  let stopMeasuring: (() => void) | undefined;
  let listening = 0;

  const ownMedia = (): QualityLevel | undefined => {
    // Without listeners nothing is measured, and the last measurement may be old.
    const streams = stopMeasuring ? (selectSelf(state.getSnapshot())?.streams ?? []) : [];
    const levels = streams.map(({ id }) => conference.quality(id)?.level);
    return worstFirst.find((level) => levels.includes(level));
  };
  const status = () => state.getSnapshot().connection;
  let snapshot: ConnectionSnapshot = { status: status(), sinceMs: Date.now(), ownMedia: undefined };
  const update = (): void => {
    const isSame = snapshot.status === status();
    const sinceMs = isSame ? snapshot.sinceMs : Date.now();
    const next = { status: status(), sinceMs, ownMedia: ownMedia() };
    if (sameFields(snapshot, next)) return;
    snapshot = next;
    listeners.call();
  };
  // For as long as the conference exists, which keeps this listener and nothing else.
  state.subscribe(update);

  return {
    getSnapshot: () => snapshot,
    subscribe: (listener) => {
      const remove = listeners.add(listener);
      listening += 1;
      stopMeasuring ??= conference.on('quality-changed', update);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        remove();
        listening -= 1;
        if (listening > 0) return;
        stopMeasuring?.();
        stopMeasuring = undefined;
        update();
      };
    },
  };
}
