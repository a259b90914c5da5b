import adapter from 'webrtc-adapter';

/**
 * The browser that webrtc-adapter detected. Importing this file patches browser globals, so only the script-tag file does;
 * an app may import webrtc-adapter itself.
 */
export const browserDetails: { readonly browser: string; readonly version: number | null } = {
  browser: adapter.browserDetails.browser,
  version: adapter.browserDetails.version ?? null,
};
