/**
 * Without mDNS names, ICE works on loopback. The others are two hidden pages for the address bar, which Chromium prepares in each
 * window, and which take about a third of the time that it needs for a new context.
 */
const disabledFeatures = ['WebRtcHideLocalIpsWithMdns', 'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/** Flags for headless Chromium, even as root in a container: no sandbox, no background traffic, loopback ICE. */
export const browserArguments: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  `--disable-features=${disabledFeatures.join(',')}`,
  '--allow-loopback-in-peer-connection',
];
