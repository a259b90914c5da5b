import { RefusalError } from '../refusal.ts';

/** How far somebody has read: both kinds of events have a place of their own. */
export interface PushPosition {
  /** The first version of the history that is wanted; undefined for the whole history, the creation event included. */
  readonly version: number | undefined;
  /** The last event outside the history that was had. */
  readonly sequence: number;
}

/** The `id:` of a message: the position after it. Opaque to readers, who give it back as `Last-Event-ID`. */
export function formatPosition(version: number, sequence: number): string {
  return `${version}.${sequence}`;
}

/** The position that an `id:` stands for; refused with `invalid_request` when it is none of ours. */
export function parsePosition(id: string): PushPosition {
  const [, version, sequence] = /^(\d{1,15})\.(\d{1,15})$/.exec(id) ?? [];
  if (version === undefined || sequence === undefined) {
    throw new RefusalError(
      'invalid_request',
      'Last-Event-ID is not an id of this stream. Send the last id that you got, or leave it out and send v.',
    );
  }
  return { version: Number(version), sequence: Number(sequence) };
}
