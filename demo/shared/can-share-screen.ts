/** Whether this browser can share a screen; those of phones cannot. */
export const canShareScreen: boolean =
  typeof globalThis.navigator?.mediaDevices?.getDisplayMedia === 'function';
