import { firefox, type Browser, type LaunchOptions } from '@playwright/test';
import { findFirefox } from './browser.ts';
import { firefoxPreferences } from './firefox-preferences.ts';

type Preferences = NonNullable<LaunchOptions['firefoxUserPrefs']>;

/** How the journeys launch Firefox, with `preferences` in addition to the usual ones. */
export function firefoxLaunch(preferences: Preferences = {}): LaunchOptions {
  const executablePath = findFirefox();
  return {
    ...(executablePath && { executablePath }),
    args: [],
    firefoxUserPrefs: { ...firefoxPreferences, ...preferences },
    // The program `sound-card.ts` names its address.
    env: { ...process.env, PULSE_SERVER: process.env['PARLEY_SOUND_CARD'] },
  };
}

/** Launches a Firefox for one test. */
export async function launchFirefox(preferences: Preferences): Promise<Browser> {
  return await firefox.launch({ ...firefoxLaunch(preferences), channel: 'moz-firefox' });
}
