import type {
  Conference,
  Devices,
  DrawFrame,
  Preview,
  PublishedStream,
  TrackKind,
  TrackProcessor,
} from '@parley-rtc/sdk';
import type { Sdk } from './sdk.ts';
import { createStore, type Store } from './store.ts';
import type { Wishes } from './wishes.ts';

type Wanted = Pick<Wishes, 'camera' | 'microphone'>;

interface OwnMediaState {
  /** Camera and microphone, as we send them. */
  readonly devices: PublishedStream | undefined;
  readonly screen: PublishedStream | undefined;
  readonly isMicrophoneOn: boolean;
  readonly isCameraOn: boolean;
  readonly isScreenOn: boolean;
  readonly isBlurOn: boolean;
  /** Something changes now, or waits for a permission; a second change is not begun meanwhile. */
  readonly isChanging: boolean;
  /** We speak, and nobody hears it. */
  readonly isSpeakingMuted: boolean;
}

/** What we send, and the ways to change it. */
export interface OwnMedia extends Store<OwnMediaState> {
  /** Browsers of phones cannot. */
  readonly canShareScreen: boolean;
  readonly switchMicrophone: () => Promise<void>;
  readonly switchCamera: () => Promise<void>;
  readonly switchScreen: () => Promise<void>;
  readonly switchBlur: () => Promise<void>;
  readonly close: () => void;
}

export interface OwnMediaOptions {
  readonly conference: Conference;
  readonly devices: Promise<Devices>;
  readonly wanted: Wanted;
  /** What the lobby has open already; it is sent as it is. */
  readonly takePreview: () => Promise<Preview | undefined>;
  /** Does something, and tells the user when it fails. */
  readonly attempt: (action: () => Promise<void>) => Promise<void>;
}

/** Sends what is wanted when the call begins. */
export function createOwnMedia(
  { videoFrameProcessor, watchMedia }: Sdk,
  { conference, devices, wanted, takePreview, attempt }: OwnMediaOptions,
): OwnMedia {
  const store = createStore<OwnMediaState>({
    devices: undefined,
    screen: undefined,
    isMicrophoneOn: false,
    isCameraOn: false,
    isScreenOn: false,
    isBlurOn: false,
    isChanging: false,
    isSpeakingMuted: false,
  });
  const over = new AbortController();
  const { signal } = over;
  let blur: TrackProcessor | undefined;
  let letGo: (() => void) | undefined;

  const read = (): void => {
    const { devices: stream, screen } = store.getSnapshot();
    store.set({
      isMicrophoneOn: isSent(stream, 'audio'),
      isCameraOn: isSent(stream, 'video'),
      isScreenOn: isLive(screen),
    });
  };
  /** One change at a time: a second one would publish next to the first. */
  const change = async (action: () => Promise<void>): Promise<void> => {
    if (store.getSnapshot().isChanging) return;
    store.set({ isChanging: true });
    await attempt(action);
    read();
    store.set({ isChanging: false });
  };

  const publish = async ({ camera, microphone }: Wanted, preview?: Preview): Promise<void> => {
    const { devices: before } = store.getSnapshot();
    const all = await devices;
    const source = preview
      ? { preview }
      : { ...(camera && { camera: all.camera }), ...(microphone && { microphone: all.microphone }) };
    const stream = await conference.publishStream({ ...source, signal });
    await before?.unpublish();
    letGo?.();
    const stopFollowing = all.follow(stream);
    const stopWatching = watchMedia(stream, {
      onChange: (warning, isActive) => {
        if (warning === 'speaking-while-muted') store.set({ isSpeakingMuted: isActive });
      },
    });
    letGo = () => {
      stopFollowing();
      stopWatching();
      store.set({ isSpeakingMuted: false });
    };
    store.set({ devices: stream });
    if (blur && has(stream, 'video')) await stream.setProcessor('video', blur);
  };

  /** Mutes or unmutes. A device that we do not send yet comes in with a new stream, in place of the old one. */
  const switchDevice = async (kind: TrackKind): Promise<void> => {
    const { devices: stream } = store.getSnapshot();
    if (isLive(stream) && has(stream, kind)) {
      await (stream.isMuted(kind) ? stream.unmute(kind) : stream.mute(kind));
    } else {
      await publish({
        camera: kind === 'video' || isSent(stream, 'video'),
        microphone: kind === 'audio' || isSent(stream, 'audio'),
      });
    }
  };

  const begin = async (): Promise<void> => {
    const preview = await takePreview();
    if (signal.aborted) preview?.stop();
    else if (preview) await publish(wanted, preview);
    else if (wanted.camera || wanted.microphone) await publish(wanted);
  };
  void change(begin);
  const stopReading = conference.state.subscribe(read);

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    canShareScreen: typeof globalThis.navigator?.mediaDevices?.getDisplayMedia === 'function',
    switchMicrophone: () => change(() => switchDevice('audio')),
    switchCamera: () => change(() => switchDevice('video')),
    switchScreen: () =>
      change(async () => {
        const { screen } = store.getSnapshot();
        if (isLive(screen)) return screen.unpublish();
        const stream = await conference.publishStream({ screen: true });
        // The browser has a button of its own to stop sharing.
        stream.mediaStream.getVideoTracks()[0]?.addEventListener('ended', () => void stream.unpublish());
        store.set({ screen: stream });
      }),
    switchBlur: () =>
      change(async () => {
        const next = blur ? undefined : videoFrameProcessor(await loadBlur());
        const { devices: stream } = store.getSnapshot();
        if (isLive(stream) && has(stream, 'video')) await stream.setProcessor('video', next);
        blur = next;
        store.set({ isBlurOn: next !== undefined });
      }),
    close() {
      over.abort();
      letGo?.();
      stopReading();
    },
  };
}

/** Six megabytes, so only for those who want it. */
async function loadBlur(): Promise<DrawFrame> {
  const { backgroundBlur } = await import('./background-blur.ts');
  return backgroundBlur();
}

function isLive(stream: PublishedStream | undefined): stream is PublishedStream {
  return stream !== undefined && stream.connectionState !== 'closed';
}

function has({ mediaStream }: PublishedStream, kind: TrackKind): boolean {
  return mediaStream.getTracks().some((track) => track.kind === kind);
}

function isSent(stream: PublishedStream | undefined, kind: TrackKind): boolean {
  return isLive(stream) && has(stream, kind) && !stream.isMuted(kind);
}
