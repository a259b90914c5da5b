import { expect, it } from 'vitest';
import type { DeviceMenus } from './device-menus.ts';
import { createLobby, type Lobby } from './lobby.ts';
import type { Sdk } from './sdk.ts';

type Kind = 'camera' | 'microphone';

/** A lobby whose devices work, except for those in `broken`, which fail with the given error code. */
function setUp(broken: Partial<Record<Kind, string>> = {}): {
  readonly lobby: Lobby;
  /** The permission prompts that the user saw, in order. */
  readonly asked: string[];
  readonly open: Set<object>;
  readonly plugIn: (kind: Kind) => void;
} {
  const asked: string[] = [];
  const open = new Set<object>();
  const listeners = new Set<() => void>();
  const track = (kind: Kind) => ({ getSettings: () => ({ deviceId: kind }) });
  const createPreview = async (selection: Partial<Record<Kind, unknown>>) => {
    await Promise.resolve();
    const kinds = (['camera', 'microphone'] as const).filter((kind) => selection[kind]);
    asked.push(kinds.join('+'));
    for (const kind of kinds) {
      const code = broken[kind];
      if (code) throw Object.assign(new Error(`No ${kind}.`), { code, kind });
    }
    const preview = {
      mediaStream: {
        getVideoTracks: () => kinds.filter((kind) => kind === 'camera').map(track),
        getAudioTracks: () => kinds.filter((kind) => kind === 'microphone').map(track),
      },
      stop: () => open.delete(preview),
    };
    open.add(preview);
    return preview;
  };
  const devices = {
    camera: () => true,
    microphone: () => true,
    choice: (kind: Kind) => ({ device: broken[kind] === 'ERR_DEVICE_NOT_FOUND' ? undefined : { id: kind } }),
    refresh: () => Promise.resolve(),
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const sdk = { createPreview, createLevelMeter: () => ({ stop: () => {} }) } as unknown as Sdk;
  const menus = { devices: Promise.resolve(devices) } as unknown as DeviceMenus;
  return {
    lobby: createLobby(sdk, menus, { camera: true, microphone: true }),
    asked,
    open,
    plugIn: (kind) => {
      delete broken[kind];
      for (const listener of listeners) listener();
    },
  };
}

async function settled(lobby: Lobby): Promise<ReturnType<Lobby['getSnapshot']>> {
  await expect.poll(() => lobby.getSnapshot().isOpening).toBe(false);
  return lobby.getSnapshot();
}

it('opens camera and microphone with one prompt and hands over the preview', async () => {
  const { lobby, asked, open } = setUp();
  lobby.open();
  lobby.open();
  const { mediaStream, problems } = await settled(lobby);
  expect(asked).toEqual(['camera+microphone']);
  expect(problems).toEqual({ camera: '', microphone: '' });
  const preview = await lobby.takePreview();
  expect(preview?.mediaStream).toBe(mediaStream);
  expect(open.size).toBe(1);
});

it('turns off a camera that fails, says why, and keeps the microphone', async () => {
  const { lobby, asked } = setUp({ camera: 'ERR_DEVICE_DENIED' });
  lobby.open();
  const { selection, problems, mediaStream } = await settled(lobby);
  expect(asked).toEqual(['camera+microphone', 'camera', 'microphone']);
  expect(selection).toEqual({ camera: false, microphone: true });
  expect(problems).toEqual({
    camera: expect.stringMatching(/^Access to the camera was denied\./) as string,
    microphone: '',
  });
  expect(mediaStream?.getAudioTracks()).toHaveLength(1);
});

it('does not prompt again after the user dismissed the prompt', async () => {
  const { lobby, asked } = setUp({ camera: 'ERR_DEVICE_DISMISSED' });
  lobby.open();
  const { selection, problems } = await settled(lobby);
  expect(asked).toEqual(['camera+microphone']);
  expect(selection).toEqual({ camera: false, microphone: false });
  expect(problems.camera).toMatch(/choose “Allow”/);
});

it('opens a camera that is plugged in later', async () => {
  const { lobby, plugIn, open } = setUp({ camera: 'ERR_DEVICE_NOT_FOUND' });
  lobby.open();
  expect((await settled(lobby)).problems.camera).toMatch(/^No camera was found\./);
  await expect.poll(() => open.size).toBe(1);
  plugIn('camera');
  await expect.poll(() => lobby.getSnapshot().mediaStream?.getVideoTracks()).toHaveLength(1);
  expect(lobby.getSnapshot()).toMatchObject({ selection: { camera: true }, problems: { camera: '' } });
  expect(open.size).toBe(1);
});

it('releases devices that are no longer selected', async () => {
  const { lobby, open } = setUp();
  lobby.open();
  await settled(lobby);
  lobby.select({ camera: false, microphone: false });
  await settled(lobby);
  expect(open.size).toBe(0);
  expect(await lobby.takePreview()).toBeUndefined();
});
