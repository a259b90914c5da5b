import { beforeEach, describe, expect, it, vi } from 'vitest';

type Kind = 'camera' | 'microphone';

/** What the browser does with devices, and what has been asked of it. */
const browser = vi.hoisted(() => ({
  broken: {} as Partial<Record<'camera' | 'microphone', string>>,
  chosen: {} as Partial<Record<'camera' | 'microphone', string>>,
  /** The permission prompts that the user saw, in order. */
  asked: [] as string[],
  switched: [] as string[],
  open: new Set<object>(),
  listeners: new Set<() => void>(),
}));

const { track, kindsIn } = vi.hoisted(() => ({
  track: (kind: 'camera' | 'microphone') => ({ getSettings: () => ({ deviceId: kind }) }),
  kindsIn: (source: Partial<Record<'camera' | 'microphone', unknown>>) =>
    (['camera', 'microphone'] as const).filter((kind) => source[kind]),
}));

vi.mock('@parley-rtc/sdk', () => {
  return {
    createLevelMeter: () => ({ stop: () => {} }),
    createDevices: async () => ({
      camera: () => true,
      microphone: () => true,
      choice: (kind: Kind) => {
        const isThere = browser.broken[kind] !== 'ERR_DEVICE_NOT_FOUND';
        return { device: isThere ? { id: browser.chosen[kind] ?? kind } : undefined };
      },
      refresh: async () => {},
      subscribe: (listener: () => void) => {
        browser.listeners.add(listener);
        return () => browser.listeners.delete(listener);
      },
    }),
    createPreview: async (source: Partial<Record<Kind, unknown>>) => {
      await Promise.resolve();
      const kinds = kindsIn(source);
      browser.asked.push(kinds.join('+'));
      for (const kind of kinds) {
        const code = browser.broken[kind];
        if (code) throw Object.assign(new Error(`No ${kind}.`), { code, kind });
      }
      const preview = {
        mediaStream: {
          getVideoTracks: () => kinds.filter((kind) => kind === 'camera').map(track),
          getAudioTracks: () => kinds.filter((kind) => kind === 'microphone').map(track),
        },
        switchTo: async (to: Partial<Record<Kind, unknown>>) =>
          void browser.switched.push(kindsIn(to).join('+')),
        stop: () => browser.open.delete(preview),
      };
      browser.open.add(preview);
      return preview;
    },
  };
});

const { createLobby } = await import('./create-lobby.ts');
type Lobby = ReturnType<typeof createLobby>;

let lobby: Lobby;

beforeEach(() => {
  for (const kind of ['camera', 'microphone'] as const) {
    delete browser.broken[kind];
    delete browser.chosen[kind];
  }
  browser.asked.length = 0;
  browser.switched.length = 0;
  browser.open.clear();
  browser.listeners.clear();
  lobby = createLobby({ camera: true, microphone: true });
});

async function settled(): Promise<ReturnType<Lobby['getSnapshot']>> {
  await expect.poll(() => lobby.getSnapshot().isOpening).toBe(false);
  return lobby.getSnapshot();
}

function changeDevices(): void {
  for (const listener of Array.from(browser.listeners)) listener();
}

describe('a lobby', () => {
  it('opens camera and microphone with one prompt, and hands the preview over', async () => {
    lobby.open();
    lobby.open();
    const { mediaStream, problems } = await settled();
    expect(browser.asked).toEqual(['camera+microphone']);
    expect(problems).toEqual({});
    const preview = await lobby.takePreview();
    expect(preview?.mediaStream).toBe(mediaStream);
    expect(browser.open.size).toBe(1);
    lobby.close();
    expect(browser.open.size).toBe(1);
  });

  it('turns off a camera that fails, says why, and keeps the microphone', async () => {
    browser.broken.camera = 'ERR_DEVICE_DENIED';
    lobby.open();
    const { selection, problems, mediaStream } = await settled();
    expect(browser.asked).toEqual(['camera+microphone', 'camera', 'microphone']);
    expect(selection).toEqual({ camera: false, microphone: true });
    expect(problems).toMatchObject({ camera: { code: 'ERR_DEVICE_DENIED' } });
    expect(problems.microphone).toBeUndefined();
    expect(mediaStream?.getAudioTracks()).toHaveLength(1);
  });

  it('does not prompt again after the user dismissed the prompt', async () => {
    browser.broken.camera = 'ERR_DEVICE_DISMISSED';
    lobby.open();
    const { selection, problems } = await settled();
    expect(browser.asked).toEqual(['camera+microphone']);
    expect(selection).toEqual({ camera: false, microphone: false });
    expect(problems.camera?.code).toBe('ERR_DEVICE_DISMISSED');
  });

  it('opens a camera that is plugged in later', async () => {
    browser.broken.camera = 'ERR_DEVICE_NOT_FOUND';
    lobby.open();
    expect((await settled()).problems.camera?.code).toBe('ERR_DEVICE_NOT_FOUND');
    delete browser.broken.camera;
    changeDevices();
    await expect.poll(() => lobby.getSnapshot().mediaStream?.getVideoTracks()).toHaveLength(1);
    expect(lobby.getSnapshot()).toMatchObject({ selection: { camera: true }, problems: {} });
    expect(browser.open.size).toBe(1);
  });

  it('switches to another device that the user chooses', async () => {
    lobby.open();
    await settled();
    browser.chosen.camera = 'other camera';
    changeDevices();
    await expect.poll(() => browser.switched).toEqual(['camera']);
    expect(browser.asked).toEqual(['camera+microphone']);
  });

  it('releases devices that are no longer selected, and all of them when it closes', async () => {
    lobby.open();
    await settled();
    lobby.select({ camera: false });
    await settled();
    expect(browser.asked.at(-1)).toBe('microphone');
    expect(browser.open.size).toBe(1);
    lobby.close();
    expect(browser.open.size).toBe(0);
    expect(await lobby.takePreview()).toBeUndefined();
  });

  it('opens again after it was closed', async () => {
    lobby.open();
    await settled();
    lobby.close();
    lobby.open();
    await settled();
    expect(browser.open.size).toBe(1);
  });
});
