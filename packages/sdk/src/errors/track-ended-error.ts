import { ParleyError } from '@parley-rtc/client';
import type { TrackKind } from '../stream-kinds.ts';

/** A track has ended, and Parley cannot open it again: the app owns it, or the user stopped sharing the screen. */
export class TrackEndedError extends ParleyError {
  override readonly name = 'TrackEndedError';
  override readonly code = 'ERR_TRACK_ENDED';
  readonly kind: TrackKind;
  constructor(kind: TrackKind, options?: ErrorOptions) {
    super(
      `The ${kind} track has ended.`,
      'Capture it again, then publish or switch to the new track.',
      options,
    );
    this.kind = kind;
  }
}
