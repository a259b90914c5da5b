import { type Browser, chromium } from 'playwright';
import { browserArguments } from '../support/browser-arguments.ts';
import { ensureBrowser } from '../support/browser.ts';

/** The Chromium that is measured, installed when it is missing, with `flags` beside the usual ones. */
export async function launchBenchBrowser(flags: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({ executablePath: ensureBrowser(), args: [...browserArguments, ...flags] });
}

/** A camera and a microphone that need no hardware, and nobody to allow them. */
export const fakeDevices: readonly string[] = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];
