/** Playback of the streams that we view. */
export interface Playback {
  /** Streams that the browser does not play until the user acts. Call `startPlayback()` from a click handler. */
  readonly blockedStreamIds: readonly string[];
}

export const nothingBlocked: Playback = { blockedStreamIds: [] };
