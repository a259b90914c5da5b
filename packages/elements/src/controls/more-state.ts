import { selectOnHold, selectPermissions, selectRecorder } from '@parley-rtc/sdk';
import type { Call } from '../stores/call-of.ts';
import { camerasOf, isTouched } from './flip-camera.ts';
import type { MoreState } from './more-items.ts';

/** What the menu of the controls knows from the call, the browser and the window. */
export function moreStateOf(
  { conference }: Call,
  { fullscreenEnabled, fullscreenElement }: Document,
): Omit<MoreState, 'away' | 'ownAway' | 'isHandUp' | 'isSharing' | 'unreadCount' | 'pictureInPicture'> {
  const snapshot = conference.state.getSnapshot();
  return {
    ...selectPermissions(snapshot),
    canShare: canShareScreens(),
    canFlipCamera: isTouched() && camerasOf().length > 1,
    canFillScreen: fullscreenEnabled,
    isFullScreen: fullscreenElement !== null,
    isOnHold: selectOnHold(snapshot),
    isRecording: selectRecorder(snapshot) !== undefined,
  };
}

/** Phones have no `getDisplayMedia`. */
export function canShareScreens(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
}
