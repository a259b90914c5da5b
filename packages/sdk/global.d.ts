// Types of the global `Parley`, for pages that load dist/parley.iife.js with a script tag. Scripts use it by name after
// `/// <reference types="@parley-rtc/sdk/global" />`, modules as `window.Parley`.
import type * as parley from './dist/index.js';

export * from './dist/index.js';
export as namespace Parley;

declare global {
  interface Window {
    /** The SDK, after its script has loaded. */
    readonly Parley: typeof parley;
  }
}
