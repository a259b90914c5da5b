/** Everything that decides whether one kind of media leaves the browser. Each condition alone keeps it off. */
export interface SendConditions {
  /** The app's last `mute` or `unmute` was `mute`, or its device was lost. */
  readonly isMuted: boolean;
  /** The conference is on hold. */
  readonly isHeld: boolean;
  /** The app's last word about the track itself: the `enabled` that it set. */
  readonly isEnabledByApp: boolean;
}

/** Whether media leaves the browser: only if nothing at all speaks against it. */
export function isSent({ isMuted, isHeld, isEnabledByApp }: SendConditions): boolean {
  return !isMuted && !isHeld && isEnabledByApp;
}
