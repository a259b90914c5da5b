import { test, type Browser } from '@playwright/test';
import { CallPage } from './support/call-page.ts';
import { newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { hearNotes } from './support/heard-notes.ts';

/** A background that paints everything blue, and one that fails: the app's own processors, as any app can write them. */
function offerBackgrounds(call: HTMLElement): void {
  const process = async (track: MediaStreamTrack, signal: AbortSignal): Promise<MediaStreamTrack> => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const context = canvas.getContext('2d');
    const paint = () => {
      if (!context) return;
      context.fillStyle = track.enabled ? 'rgb(0, 0, 255)' : 'black';
      context.fillRect(0, 0, 320, 180);
    };
    const timer = setInterval(paint, 50);
    // As long as a real one takes to load its model.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [painted] = canvas.captureStream(20).getVideoTracks();
    if (!painted) throw new Error('There is no track.');
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      painted.stop();
    });
    return painted;
  };
  const failing = () => Promise.reject(new Error('no model'));
  const backgrounds = [
    { id: 'blue', label: 'Blue room', create: () => ({ process }) },
    { id: 'broken', label: 'Broken room', create: () => ({ process: failing }) },
  ];
  Object.assign(call, { backgrounds });
}

/** Collects the colours of all videos of others, ten times a second, from before the first one shows. */
function watchColours(): void {
  const colours = new Set<string>();
  Object.assign(window, { colours });
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const videosIn = (root: Document | ShadowRoot): HTMLVideoElement[] =>
    [...root.querySelectorAll('*')].flatMap((element) => [
      ...(element instanceof HTMLVideoElement ? [element] : []),
      ...(element.shadowRoot ? videosIn(element.shadowRoot) : []),
    ]);
  setInterval(() => {
    for (const video of videosIn(document)) {
      if (!context || video.videoWidth === 0) continue;
      context.drawImage(video, 0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
      colours.add(
        blue > 150 && green < 80
          ? 'blue'
          : green > 80
            ? 'green'
            : red + green + blue < 60
              ? 'black'
              : 'other',
      );
    }
  }, 100);
}

const colours = ({ page }: CallPage): Promise<string[]> =>
  page.evaluate(() => [...(Reflect.get(window, 'colours') as Set<string>)]);

/** The colour of the preview now. */
async function previewColour({ lobby }: CallPage): Promise<string> {
  return await lobby.locator('video').evaluate((video: HTMLVideoElement) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
    const context = canvas.getContext('2d');
    context?.drawImage(video, 0, 0, 1, 1);
    const [, green = 0, blue = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
    return blue > 150 && green < 80 ? 'blue' : 'other';
  });
}

async function chooseBackground(side: CallPage, name: string): Promise<void> {
  await side.lobby.getByRole('button', { name: 'Background' }).click();
  await side.page.getByRole('menuitemradio', { name }).click();
}

async function openWithBackgrounds(browser: Browser, room: string): Promise<CallPage> {
  const side = await CallPage.open(browser, room);
  await side.withElement(offerBackgrounds);
  await expect(side.lobby.locator('video')).toBeVisible();
  return side;
}

test('a background that is chosen in the lobby is previewed, and others never see what it hides', async ({
  browser,
}) => {
  const room = newRoom();
  const bob = await CallPage.open(browser, room);
  await bob.joinSilently('Bob');
  await bob.page.evaluate(watchColours);
  const ada = await openWithBackgrounds(browser, room);
  await chooseBackground(ada, 'Blue room');
  await expect.poll(() => previewColour(ada)).toBe('blue');
  await ada.page.screenshot({ path: 'test-results/call-states/lobby-background.png' });
  await ada.join('Ada');
  await bob.expectVideoOf('Ada');
  await expect.poll(() => colours(bob)).toContain('blue');
  expect(await colours(bob)).not.toContain('green');

  // The choice stays for another camera session, and for another visit.
  await ada.button('Turn camera off').click();
  await expect(bob.tiles('Ada').locator('video')).toHaveCount(0);
  await ada.button('Turn camera on').click();
  await bob.expectVideoOf('Ada');
  expect(await colours(bob)).not.toContain('green');
  await ada.chooseMore('Settings');
  await ada.page.getByLabel('Background').selectOption('None');
  await expect.poll(() => colours(bob)).toContain('green');
  for (const side of [ada, bob]) await side.close();
});

test('a background that fails is said, and the lobby shows the camera without it', async ({ browser }) => {
  const ada = await openWithBackgrounds(browser, newRoom());
  await chooseBackground(ada, 'Broken room');
  await expect(ada.lobby.getByRole('alert')).toContainText('Something went wrong');
  await ada.lobby.getByRole('button', { name: 'Background' }).click();
  await expect(ada.page.getByRole('menuitemradio', { name: 'None' })).toBeChecked();
  await ada.close();
});

test('without processors the lobby offers no background', async ({ browser }) => {
  const ada = await CallPage.open(browser, newRoom());
  await expect(ada.lobby.getByRole('button', { name: 'Camera', exact: true })).toBeVisible();
  await expect(ada.lobby.getByRole('button', { name: 'Background' })).toHaveCount(0);
  await ada.close();
});

test('the lobby tests the chosen speaker', async ({ browser }) => {
  const ada = await CallPage.open(browser, newRoom());
  const notesHz = await hearNotes(ada.page);
  await ada.lobby.getByRole('button', { name: 'Choose and test speaker' }).click();
  await ada.page.getByRole('menuitem', { name: 'Test speaker' }).click();
  await expect(ada.lobby.getByRole('status').filter({ hasText: 'Playing a sound' })).toHaveCount(1);
  await expect(ada.lobby.getByRole('status').filter({ hasText: 'Playing a sound' })).toHaveCount(0);
  expect(await notesHz()).toHaveLength(3);
  await ada.close();
});
