import type { HistoryPosition } from '../conferences/require-position.ts';
import { RefusalError } from '../refusal.ts';

/** How far a reader has read: one position in each kind of events. */
export interface PushPosition extends HistoryPosition {
  /** The last event outside the history that was read. */
  readonly sequence: number;
}

/** The `id:` of a message: the position after it. Opaque to readers, which send it back as `Last-Event-ID`. */
export function formatPosition({ version = 0, sequence, versionId = '' }: PushPosition): string {
  return `${version}.${sequence}.${versionId}`;
}

/** The position that an `id:` encodes; refuses with `invalid_request` an id that this server did not write. */
export function parsePosition(id: string): PushPosition {
  // Servers before 1.1 wrote no `versionId`.
  const match = /^(\d{1,15})\.(\d{1,15})(?:\.(.+))?$/.exec(id);
  if (!match) {
    throw new RefusalError(
      'invalid_request',
      'Last-Event-ID is not an id of this feed. Send the last id that you received, or omit it and send v.',
    );
  }
  const [, version, sequence, versionId] = match;
  return { version: Number(version), sequence: Number(sequence), versionId };
}
