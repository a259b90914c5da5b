import { networkInterfaces } from 'node:os';
import type { Caller } from './caller.ts';
import { expectToGrow } from './expect-to-grow.ts';
import { expect } from './expect.ts';
import type { FirefoxCaller } from './firefox-caller.ts';
import { fakeMicrophoneHz } from './firefox-preferences.ts';

/** Why Firefox cannot take part in a call on this machine; undefined if it can. */
export function firefoxCallUnavailableReason(): string | undefined {
  const hasNetwork = Object.values(networkInterfaces())
    .flat()
    .some((address) => address && !address.internal);
  return hasNetwork
    ? undefined
    : 'Firefox does no ICE over loopback, and this machine has no other network interface.';
}

/** Publishes in both browsers, which have joined, and expects that they see and hear each other. */
export async function expectCallWithFirefox(ada: Caller, fox: FirefoxCaller): Promise<void> {
  await Promise.all([ada.publish(11, 440), fox.publish(22)]);
  await ada.expectVideoOf(22);
  await expect.poll(() => fox.videoIds()).toEqual([11]);
  await expect.poll(() => ada.tonesHz()).toEqual([fakeMicrophoneHz]);
  for (const side of [ada, fox]) {
    await expectToGrow(async () => (await side.received()).framesDecoded, 20);
    expect(await side.received()).toMatchObject({ videoCodec: 'video/VP8', audioCodec: 'audio/opus' });
    expect(await side.diary()).not.toContainEqual(expect.stringMatching(/^error/));
  }
  // Firefox has no Web Audio here to detect the tone, but its decoder reports the energy; silence would add nothing.
  await expectToGrow(async () => (await fox.received()).audioEnergy, 0.1);
}
