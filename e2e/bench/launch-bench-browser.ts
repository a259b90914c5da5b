import { chromium, type Browser } from 'playwright';
import { browserArguments } from '../support/browser-arguments.ts';
import { ensureBrowser } from '../support/browser.ts';

/** Launches the Chromium to measure, with `flags` in addition to the usual ones. Installs it if it is missing. */
export async function launchBenchBrowser(flags: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({ executablePath: ensureBrowser(), args: [...browserArguments, ...flags] });
}

/** Flags for a camera and a microphone without hardware or permission prompts. */
export const fakeDevices: readonly string[] = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];
