import type { EventLog } from '../event-log/event-log.ts';
import { RefusalError } from '../refusal.ts';

/** A place in a conference's history, as a client knows it. */
export interface HistoryPosition {
  /** The first version to read; undefined for the whole history with its creation event. */
  readonly version?: number | undefined;
  /** Identifies the history before `version`, if the client knows it. */
  readonly versionId?: string | undefined;
}

/**
 * Refuses with `position_unavailable` a position that the history does not have, for example because it was set back since
 * the client read it. Otherwise a client would wait for events that never come, or add other events to its state. Returns
 * the position's `versionId`.
 */
export async function requirePosition(
  log: Pick<EventLog, 'versionIdAt'>,
  conferenceId: string,
  { version, versionId }: HistoryPosition,
): Promise<string | undefined> {
  const known = await log.versionIdAt(conferenceId, version ?? 0);
  if (known !== undefined && version === undefined) return undefined;
  if (known !== undefined && (versionId === undefined || versionId === known)) return known;
  throw new RefusalError(
    'position_unavailable',
    `This server's history of the conference does not have version ${version ?? 0} as you know it. Read the conference, and continue from its version.`,
  );
}
