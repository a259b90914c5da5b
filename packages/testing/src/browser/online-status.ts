import { replaceProperty } from './replace-property.ts';

/** What `navigator.onLine` says, where a page has it. */
export class OnlineStatus {
  #restore: (() => void) | undefined;

  /** Fires `online` or `offline` when it changes. */
  set(isOnline: boolean): void {
    if (typeof globalThis.dispatchEvent !== 'function' || isOnline === !this.#restore) return;
    this.#restore?.();
    this.#restore = isOnline ? undefined : replaceProperty(globalThis.navigator, 'onLine', false);
    globalThis.dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
  }
}
