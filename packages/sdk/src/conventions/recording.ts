import { atBoundary } from '@parley-rtc/client';
import type { ConferenceState } from '@parley-rtc/contract';
import type { ConferenceSnapshot } from '../state/conference-store.ts';

const prefix = 'RECORDER';

type Metadata = ConferenceState['metadata'];

/** Whether the conference is being recorded, according to its metadata. */
export function selectRecording({ conference }: Pick<ConferenceSnapshot, 'conference'>): boolean {
  return selectRecorder({ conference }) !== undefined;
}

/** Someone or something that records the conference, according to its metadata. */
export interface Recorder {
  /** Whether this server records, as opposed to a participant or another service. */
  readonly isServer: boolean;
  /** The id of the server's recording; undefined for another recorder. */
  readonly recordingId: string | undefined;
  /** Who started it. */
  readonly userId: string | undefined;
  readonly endpointId: string | undefined;
  /** Since when, as an ISO 8601 timestamp. */
  readonly startedAt: string;
}

const serverPrefix = `${prefix}/server/`;
const recorders = new WeakMap<Metadata, Recorder | undefined>();

/**
 * Selects who records the conference; undefined if nobody does. The server's recording comes first. Returns the same object
 * until the conference's metadata change.
 */
export function selectRecorder({ conference }: Pick<ConferenceSnapshot, 'conference'>): Recorder | undefined {
  const { metadata } = conference;
  if (!recorders.has(metadata)) recorders.set(metadata, recorderIn(metadata));
  return recorders.get(metadata);
}

function recorderIn(metadata: Metadata): Recorder | undefined {
  const running = Object.entries(metadata)
    .filter(([key, { value }]) => key.startsWith(prefix) && isOn(value))
    .map(([key, { userId, userEndpointId, lastModified }]) => {
      const isServer = key.startsWith(serverPrefix);
      const recordingId = isServer ? key.slice(serverPrefix.length) : undefined;
      return { isServer, recordingId, userId, endpointId: userEndpointId, startedAt: lastModified };
    });
  return running.find(({ isServer }) => isServer) ?? running[0];
}

/** Why the server ended a recording that nobody stopped, while its entry still says so; undefined otherwise. */
export function endReasonOf(metadata: Metadata): string | undefined {
  for (const [key, { value }] of Object.entries(metadata)) {
    const reason = key.startsWith(serverPrefix) ? parsed(value)?.reason : undefined;
    if (typeof reason === 'string') return reason;
  }
  return undefined;
}

/** The part of a `Conference` that writes its metadata. */
export interface MetadataWriter {
  setMetadata(key: string, value: string): Promise<void>;
  removeMetadata(key: string): Promise<void>;
}

/** Announces to all participants that recording started or stopped. Call it from the client that records. */
export function announceRecording(conference: MetadataWriter, isRecording: boolean): Promise<void> {
  return atBoundary('announceRecording', async () =>
    isRecording
      ? conference.setMetadata(prefix, JSON.stringify({ on: true }))
      : conference.removeMetadata(prefix),
  );
}

/** An unreadable entry counts as on, because other clients check only that the entry exists. */
function isOn(value: string): boolean {
  return parsed(value)?.on !== false;
}

function parsed(value: string): { readonly on?: unknown; readonly reason?: unknown } | null {
  try {
    return JSON.parse(value) as { readonly on?: unknown; readonly reason?: unknown } | null;
  } catch {
    return null;
  }
}
