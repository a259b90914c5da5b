import { ParleyError } from '@parley-rtc/client';
import type { TrackKind } from '../stream-kinds.ts';

/**
 * A track is muted, but the server refused to say so or does not answer, so other participants see it as unmuted. Parley keeps
 * trying.
 */
export class MuteNotAnnouncedError extends ParleyError {
  override readonly name = 'MuteNotAnnouncedError';
  override readonly code = 'ERR_MUTE_NOT_ANNOUNCED';
  readonly kind: TrackKind;
  readonly streamId: string;
  constructor(kind: TrackKind, streamId: string, options?: ErrorOptions) {
    super(
      `The ${kind} is muted, but other participants cannot see it yet.`,
      'No action is needed: Parley keeps announcing it. If `cause` is a refusal, report it to the operator.',
      options,
    );
    this.kind = kind;
    this.streamId = streamId;
  }
}
