import type { ParleyError } from '@parley-rtc/client';
import type { MissingKinds } from '../devices/media-source.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import { kindsOf, type TrackKind } from '../stream-kinds.ts';

/**
 * The state of one's own publication. `on`: the server has it, and at least one kind is not muted. `muted`: all its kinds are.
 * `reconnecting`: its media connection is interrupted, and Parley restores it. `failed`: publishing failed, or the media
 * connection was lost for good; `error` says why.
 */
export type PublicationState = 'off' | 'starting' | 'on' | 'muted' | 'reconnecting' | 'failed';

/** One kind of a publication: `off` if it has no such track. A hold of the conference changes neither kind nor state. */
export type KindState = 'off' | 'on' | 'muted';

/** One's own publication at one moment. */
export interface PublicationSnapshot {
  readonly state: PublicationState;
  readonly audio: KindState;
  readonly video: KindState;
  /** Whether a change is in progress, which may wait for the user's permission. */
  readonly isBusy: boolean;
  /** What is published, for example to show its `mediaStream` to the user; undefined unless something is. */
  readonly stream: PublishedStream | undefined;
  /** The devices that `allowMissing` did without, with the error of each; empty if nothing is missing. */
  readonly missing: MissingKinds;
  /** Why the last change failed, or which problem the publication has had since. Undefined again with the next change. */
  readonly error: ParleyError | undefined;
}

/** What decides about the state. */
export interface PublicationFacts extends Pick<PublicationSnapshot, 'stream' | 'isBusy' | 'error'> {
  readonly isStarting: boolean;
  /** Whether its media connection was established before. */
  readonly wasConnected: boolean;
  readonly hasFailed: boolean;
}

const nothingMissing: MissingKinds = {};

/** The snapshot when there is nothing to report. */
export const nothingPublished: PublicationSnapshot = {
  state: 'off',
  audio: 'off',
  video: 'off',
  isBusy: false,
  stream: undefined,
  missing: nothingMissing,
  error: undefined,
};

/** Returns the snapshot for these facts. `stream`, if there is one, is open. */
export function publicationSnapshot(facts: PublicationFacts): PublicationSnapshot {
  const { stream, isBusy, error } = facts;
  const [audio, video] = [kindState(stream, 'audio'), kindState(stream, 'video')];
  const missing = stream?.missing ?? nothingMissing;
  return { state: stateOf(facts, [audio, video]), audio, video, isBusy, stream, missing, error };
}

/** Whether a stream is still published. The connection of a screen that the browser's button ended closes a little later. */
export function isOpen({ connectionState, type, mediaStream }: PublishedStream): boolean {
  if (connectionState === 'closed') return false;
  return type !== 'SCREEN' || mediaStream.getTracks().some(isLiveVideo);
}

function isLiveVideo({ kind, readyState }: MediaStreamTrack): boolean {
  return kind === 'video' && readyState === 'live';
}

function stateOf(facts: PublicationFacts, kinds: readonly KindState[]): PublicationState {
  const { stream, isStarting, hasFailed } = facts;
  if (!stream) {
    if (isStarting) return 'starting';
    return hasFailed ? 'failed' : 'off';
  }
  if (isInterrupted(stream, facts)) return 'reconnecting';
  return kinds.includes('on') ? 'on' : 'muted';
}

function isInterrupted(
  { connectionState }: PublishedStream,
  { wasConnected }: Pick<PublicationFacts, 'wasConnected'>,
): boolean {
  if (connectionState === 'disconnected' || connectionState === 'failed') return true;
  // A restored stream has a new connection.
  return wasConnected && connectionState !== 'connected';
}

/** The state of one kind of a stream that is open. */
export function kindState(stream: PublishedStream | undefined, kind: TrackKind): KindState {
  if (!stream || !kindsIn(stream).includes(kind)) return 'off';
  return stream.isMuted(kind) ? 'muted' : 'on';
}

/** The kinds that a stream carries, also while a muted camera has no track. */
function kindsIn({ type, mediaStream }: PublishedStream): readonly TrackKind[] {
  const { needs, may } = kindsOf[type];
  const has = (kind: TrackKind) => mediaStream.getTracks().some((track) => track.kind === kind);
  return [...needs, ...may.filter(has)];
}
