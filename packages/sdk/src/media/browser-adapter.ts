import adapter from 'webrtc-adapter';

/**
 * The browser as webrtc-adapter sees it. Importing this file smooths over differences between browsers by changing
 * their globals, so the library never does; the script-tag file does, and an app may import webrtc-adapter itself.
 */
export const browserDetails: { readonly browser: string; readonly version: number | null } = {
  browser: adapter.browserDetails.browser,
  version: adapter.browserDetails.version ?? null,
};
