import { test } from '@playwright/test';
import { adaAndBob } from './support/ada-and-bob.ts';
import type { Caller } from './support/caller.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';

/** Stops the encoder of the page's only stream without the SDK, or starts it again. */
async function setFrozen(caller: Caller, isFrozen: boolean): Promise<void> {
  await caller.page.evaluate(async (isFrozen) => {
    const sender = window.probe.peerConnections()[0]?.getSenders()[0];
    const parameters = sender?.getParameters();
    if (!sender || !parameters) throw new Error('This page sends no video.');
    for (const encoding of parameters.encodings) encoding.active = !isFrozen;
    await sender.setParameters(parameters);
  }, isFrozen);
}

test('the app receives one error when a video freezes, and the video continues without a new view', async ({
  browser,
}) => {
  const { ada, bob } = await adaAndBob(browser);
  const frames = async () => (await bob.received()).framesDecoded;
  const problems = async () => (await bob.diary()).filter((line) => line.startsWith('error'));
  await ada.publish(11);
  await bob.expectVideoOf(11);
  await expectToGrow(frames, 20);
  expect(await problems()).toEqual([]);

  await setFrozen(ada, true);
  const noFrames = expect.stringMatching(/^error ERR_NO_FRAMES: The video of stream \S+ does not arrive/);
  // The SDK waits 10 s before it reports the problem.
  await expect.poll(problems, { timeout: 40_000 }).toEqual([noFrames]);
  await setFrozen(ada, false);
  await expectToGrow(frames, 20);
  await bob.expectVideoOf(11);
  expect(await problems()).toEqual([noFrames]);
  await ada.close();
  await bob.close();
});
