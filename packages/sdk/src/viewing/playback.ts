/** How the streams that we view are played. */
export interface Playback {
  /** Streams that the browser does not play before the user acts; `startPlayback()` in a click plays them. */
  readonly blockedStreamIds: readonly string[];
}

export const nothingBlocked: Playback = { blockedStreamIds: [] };
