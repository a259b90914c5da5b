import { describe, expect, it, vi } from 'vitest';
import { aMediaStream } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import type { Conference } from '../conference/conference.ts';
import { Deferred } from '../testing/deferred.ts';
import { capturedTracks } from '../testing/fake-browser.ts';
import { joinAs } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { PublishedStream } from './published-stream.ts';

let page: FakePage;
let ada: Conference;

useFakeConference(async (fakes) => {
  ({ page } = fakes);
  ada = await joinAs(fakes.server, 'ada');
});

const states = () => capturedTracks.map(({ kind, readyState }) => `${kind} ${readyState}`);

/** Loses the camera during a switch, of which the user allows the new camera only after `act`. */
async function loseDuringSwitch(act: (mine: PublishedStream) => Promise<void>): Promise<void> {
  const mine = await ada.publishStream({ camera: true });
  const { getUserMedia } = page.navigator.mediaDevices ?? {};
  const prompt = new Deferred<void>();
  page.navigator.mediaDevices = {
    getUserMedia: async (constraints) => {
      await prompt.promise;
      return (await getUserMedia?.(constraints)) ?? aMediaStream();
    },
  };
  const switching = mine.switchTo({ camera: { deviceId: 'other' } });
  await settle();
  capturedTracks.at(-1)?.endByBrowser();
  await act(mine);
  prompt.resolve();
  await switching;
  await vi.advanceTimersByTimeAsync(5_000);
}

describe('a camera that is lost while another one opens', () => {
  it('is not replaced once more', async () => {
    await loseDuringSwitch(async () => {});
    expect(states()).toEqual(['video ended', 'video live']);
  });

  it('is not replaced once the stream is muted', async () => {
    await loseDuringSwitch((mine) => mine.mute('video'));
    expect(states()).toEqual(['video ended', 'video ended']);
  });
});
