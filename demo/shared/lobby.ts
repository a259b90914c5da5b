import type { Devices, Preview } from '@parley-rtc/sdk';
import type { DeviceMenus } from './device-menus.ts';
import type { MediaSelection } from './media-selection.ts';
import { hasCode, messageOf } from './message-of.ts';
import type { Sdk } from './sdk.ts';
import { createStore, type Store } from './store.ts';

interface LobbyState {
  /** The devices that the user wants to use. */
  readonly selection: MediaSelection;
  /** The current preview of camera and microphone. */
  readonly mediaStream: MediaStream | undefined;
  readonly isOpening: boolean;
  /** Why a selected device does not work; '' if it works. */
  readonly problems: Readonly<Record<'camera' | 'microphone', string>>;
}

/** Camera and microphone before the call. Created once per page. */
export interface Lobby extends Store<LobbyState> {
  /** The microphone's level, 0 to 1, ten times a second. Separate from the rest because it changes so often. */
  readonly level: Store<{ readonly level: number }>;
  /** Opens the selected devices, unless they are open already. */
  readonly open: () => void;
  /** Changes the selection, then opens selected devices and releases all others. Retries devices that failed. */
  readonly select: (change: Partial<MediaSelection>) => void;
  /** Closes the lobby and returns its preview, for the call to publish without reopening the devices. */
  readonly takePreview: () => Promise<Preview | undefined>;
}

const noProblems = { camera: '', microphone: '' };
const onlyCamera = { camera: true, microphone: false };
const onlyMicrophone = { camera: false, microphone: true };

/** Opens devices, previews them and measures the microphone. Follows the choices in `menus`. */
export function createLobby(sdk: Sdk, menus: DeviceMenus, initial: MediaSelection): Lobby {
  const store = createStore<LobbyState>({
    selection: initial,
    mediaStream: undefined,
    isOpening: false,
    problems: noProblems,
  });
  const level = createStore({ level: 0 });
  let preview: Preview | undefined;
  let stopMeter: (() => void) | undefined;
  let stopFollowing: (() => void) | undefined;
  /** Aborts when the selection changes. */
  let opening = new AbortController();

  const measure = (mediaStream: MediaStream): void => {
    stopMeter?.();
    level.set({ level: 0 });
    // Hearing is logarithmic: speech measures about 0.05, which a linear meter would barely show.
    const meter = sdk.createLevelMeter(mediaStream, {
      onLevel: (loudness) => level.set({ level: Math.min(1, Math.sqrt(loudness) * 1.5) }),
    });
    stopMeter = () => meter.stop();
  };
  const show = (next: Preview | undefined): void => {
    stopMeter?.();
    preview?.stop();
    preview = next;
    store.set({ mediaStream: next?.mediaStream });
    level.set({ level: 0 });
    if (next?.mediaStream.getAudioTracks().length) measure(next.mediaStream);
  };
  /** Turns failed devices off and shows why. */
  const fail = (error: unknown, kinds: MediaSelection): void => {
    const { selection, problems } = store.getSnapshot();
    const text = messageOf(error);
    store.set({
      selection: {
        camera: selection.camera && !kinds.camera,
        microphone: selection.microphone && !kinds.microphone,
      },
      problems: {
        camera: kinds.camera ? text : problems.camera,
        microphone: kinds.microphone ? text : problems.microphone,
      },
    });
  };

  /** Opens both devices with one permission prompt. If that fails, opens each alone to find out which one works. */
  const capture = async (devices: Devices, selection: MediaSelection, signal: AbortSignal) => {
    const open = ({ camera, microphone }: MediaSelection) =>
      sdk.createPreview({
        ...(camera && { camera: devices.camera }),
        ...(microphone && { microphone: devices.microphone }),
        signal,
      });
    if (!selection.camera && !selection.microphone) return undefined;
    try {
      return await open(selection);
    } catch (error) {
      if (signal.aborted) throw error;
      // A user who dismissed the prompt should not see two more of them.
      if (!selection.camera || !selection.microphone || hasCode(error, 'ERR_DEVICE_DISMISSED')) {
        fail(error, selection);
        return undefined;
      }
    }
    const opened: Preview[] = [];
    for (const alone of [onlyCamera, onlyMicrophone]) {
      await open(alone).then(
        (one) => opened.push(one),
        (error: unknown) => {
          if (!signal.aborted) fail(error, alone);
        },
      );
    }
    const [first, ...rest] = opened;
    for (const preview of rest) preview.stop();
    return first;
  };

  const open = async (): Promise<void> => {
    opening.abort();
    opening = new AbortController();
    stopFollowing?.();
    const { signal } = opening;
    store.set({ isOpening: true, problems: noProblems });
    try {
      const devices = await menus.devices;
      const next = await capture(devices, store.getSnapshot().selection, signal);
      if (signal.aborted) return next?.stop();
      show(next);
      // Browsers hide device labels until the user has allowed a device.
      await devices.refresh();
      if (signal.aborted) return;
      stopFollowing = devices.subscribe(() => void follow(devices));
    } catch (error) {
      if (signal.aborted) return;
      fail(error, store.getSnapshot().selection);
    }
    store.set({ isOpening: false });
  };
  let opened: Promise<void> | undefined;
  const select: Lobby['select'] = (change) => {
    store.set({ selection: { ...store.getSnapshot().selection, ...change } });
    opened = open();
  };

  /** Switches to newly chosen devices, and opens devices that failed before. */
  const follow = async (devices: Devices): Promise<void> => {
    const { mediaStream } = preview ?? {};
    const tracks = { camera: mediaStream?.getVideoTracks()[0], microphone: mediaStream?.getAudioTracks()[0] };
    const { selection, problems } = store.getSnapshot();
    const isBack = (kind: keyof MediaSelection) =>
      problems[kind] !== '' && devices.choice(kind).device !== undefined;
    const [isCameraBack, isMicrophoneBack] = [isBack('camera'), isBack('microphone')];
    if (isCameraBack || isMicrophoneBack) {
      select({
        camera: selection.camera || isCameraBack,
        microphone: selection.microphone || isMicrophoneBack,
      });
      return;
    }
    if (!preview || !mediaStream) return;
    const isOther = (kind: keyof MediaSelection) => {
      const chosenId = devices.choice(kind).device?.id;
      return chosenId !== undefined && tracks[kind] && tracks[kind].getSettings().deviceId !== chosenId;
    };
    const camera = isOther('camera') ?? false;
    const microphone = isOther('microphone') ?? false;
    if (!camera && !microphone) return;
    try {
      await preview.switchTo({
        ...(camera && { camera: devices.camera }),
        ...(microphone && { microphone: devices.microphone }),
      });
      store.set({ problems: noProblems });
      if (microphone) measure(mediaStream);
    } catch (error) {
      fail(error, { camera, microphone });
    }
  };

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    level,
    open() {
      opened ??= open();
    },
    select,
    async takePreview() {
      await opened;
      opened = undefined;
      stopFollowing?.();
      stopMeter?.();
      const taken = preview;
      preview = undefined;
      store.set({ mediaStream: undefined });
      return taken;
    },
  };
}
