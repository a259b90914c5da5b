import { expect, test } from 'vitest';
import type { DeviceMenus } from './device-menus.ts';
import { createLobby, type Lobby } from './lobby.ts';
import type { Sdk } from './sdk.ts';

type Kind = 'camera' | 'microphone';

/** A lobby on devices that work, except for those in `broken`, whose errors have these codes. */
function setUp(broken: Partial<Record<Kind, string>> = {}): {
  readonly lobby: Lobby;
  /** What was asked of the user, in order. */
  readonly asked: string[];
  readonly open: Set<object>;
  readonly plugIn: (kind: Kind) => void;
} {
  const asked: string[] = [];
  const open = new Set<object>();
  const listeners = new Set<() => void>();
  const track = (kind: Kind) => ({ getSettings: () => ({ deviceId: kind }) });
  const createPreview = async (wanted: Partial<Record<Kind, unknown>>) => {
    await Promise.resolve();
    const kinds = (['camera', 'microphone'] as const).filter((kind) => wanted[kind]);
    asked.push(kinds.join('+'));
    for (const kind of kinds) {
      const code = broken[kind];
      if (code) throw Object.assign(new Error(`No ${kind}.`), { code });
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

test('camera and microphone are asked for together, once, and handed over as they are', async () => {
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

test('a camera that fails is off and says why, and the microphone works without it', async () => {
  const { lobby, asked } = setUp({ camera: 'ERR_DEVICE_DENIED' });
  lobby.open();
  const { wanted, problems, mediaStream } = await settled(lobby);
  expect(asked).toEqual(['camera+microphone', 'camera', 'microphone']);
  expect(wanted).toEqual({ camera: false, microphone: true });
  expect(problems).toEqual({ camera: 'No camera.', microphone: '' });
  expect(mediaStream?.getAudioTracks()).toHaveLength(1);
});

test('whoever closes the question is not asked again by itself', async () => {
  const { lobby, asked } = setUp({ camera: 'ERR_DEVICE_DISMISSED' });
  lobby.open();
  const { wanted, problems } = await settled(lobby);
  expect(asked).toEqual(['camera+microphone']);
  expect(wanted).toEqual({ camera: false, microphone: false });
  expect(problems.camera).toMatch(/choose “Allow”/);
});

test('a camera that is plugged in later comes in by itself', async () => {
  const { lobby, plugIn, open } = setUp({ camera: 'ERR_DEVICE_NOT_FOUND' });
  lobby.open();
  expect((await settled(lobby)).problems.camera).toBe('No camera.');
  await expect.poll(() => open.size).toBe(1);
  plugIn('camera');
  await expect.poll(() => lobby.getSnapshot().mediaStream?.getVideoTracks()).toHaveLength(1);
  expect(lobby.getSnapshot()).toMatchObject({ wanted: { camera: true }, problems: { camera: '' } });
  expect(open.size).toBe(1);
});

test('what is no longer wanted is freed', async () => {
  const { lobby, open } = setUp();
  lobby.open();
  await settled(lobby);
  lobby.want({ camera: false, microphone: false });
  await settled(lobby);
  expect(open.size).toBe(0);
  expect(await lobby.takePreview()).toBeUndefined();
});
