import type {
  Conference,
  Devices,
  Preview,
  PublishedStream,
  TrackKind,
  TrackProcessor,
} from '@parley-rtc/sdk';
import type { MediaSelection } from './media-selection.ts';
import type { Sdk } from './sdk.ts';
import { createStore, type Store } from './store.ts';

interface OwnMediaState {
  /** The published stream of camera and microphone. */
  readonly devices: PublishedStream | undefined;
  readonly isMicrophoneOn: boolean;
  readonly isCameraOn: boolean;
  readonly isBlurOn: boolean;
  /** A change is in progress or waits for a permission. Further changes are ignored until it ends. */
  readonly isChanging: boolean;
  /** The user speaks while muted. */
  readonly isSpeakingMuted: boolean;
}

/** The user's own camera and microphone, and the functions that change them. */
export interface OwnMedia extends Store<OwnMediaState> {
  readonly switchMicrophone: () => Promise<void>;
  readonly switchCamera: () => Promise<void>;
  readonly switchBlur: () => Promise<void>;
  readonly close: () => void;
}

export interface OwnMediaOptions {
  readonly conference: Conference;
  readonly devices: Promise<Devices>;
  readonly selection: MediaSelection;
  /** Takes over the lobby's preview, to publish it without reopening the devices. */
  readonly takePreview: () => Promise<Preview | undefined>;
  /** Runs an action and shows its error to the user. */
  readonly attempt: (action: () => Promise<void>) => Promise<void>;
}

/** Publishes the selected devices when the call begins. */
export function createOwnMedia(
  { watchMedia }: Sdk,
  { conference, devices, selection, takePreview, attempt }: OwnMediaOptions,
): OwnMedia {
  const store = createStore<OwnMediaState>({
    devices: undefined,
    isMicrophoneOn: false,
    isCameraOn: false,
    isBlurOn: false,
    isChanging: false,
    isSpeakingMuted: false,
  });
  const closing = new AbortController();
  const { signal } = closing;
  let blur: TrackProcessor | undefined;
  let stopTracking: (() => void) | undefined;

  const read = (): void => {
    const { devices: stream } = store.getSnapshot();
    store.set({
      isMicrophoneOn: isSent(stream, 'audio'),
      isCameraOn: isSent(stream, 'video'),
    });
  };
  /** Allows one change at a time, because concurrent changes could publish twice. */
  const change = async (action: () => Promise<void>): Promise<void> => {
    if (store.getSnapshot().isChanging) return;
    store.set({ isChanging: true });
    await attempt(action);
    read();
    store.set({ isChanging: false });
  };

  const publish = async ({ camera, microphone }: MediaSelection, preview?: Preview): Promise<void> => {
    const { devices: before } = store.getSnapshot();
    const all = await devices;
    const source = preview
      ? { preview }
      : { ...(camera && { camera: all.camera }), ...(microphone && { microphone: all.microphone }) };
    const stream = await conference.publishStream({ ...source, signal });
    await before?.unpublish();
    stopTracking?.();
    const stopFollowing = all.follow(stream);
    const stopWatching = watchMedia(stream, {
      onChange: (warning, isActive) => {
        if (warning === 'speaking-while-muted') store.set({ isSpeakingMuted: isActive });
      },
    });
    stopTracking = () => {
      stopFollowing();
      stopWatching();
      store.set({ isSpeakingMuted: false });
    };
    store.set({ devices: stream });
    if (blur && has(stream, 'video')) await stream.setProcessor('video', blur);
  };

  /** Mutes or unmutes. A device that is not published yet gets a new stream, which replaces the old one. */
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

  const publishSelection = async (): Promise<void> => {
    const preview = await takePreview();
    if (signal.aborted) preview?.stop();
    else if (preview) await publish(selection, preview);
    else if (selection.camera || selection.microphone) await publish(selection);
  };
  void change(publishSelection);
  const stopReading = conference.state.subscribe(read);

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    switchMicrophone: () => change(() => switchDevice('audio')),
    switchCamera: () => change(() => switchDevice('video')),
    switchBlur: () =>
      change(async () => {
        const next = blur ? undefined : await loadBlur();
        const { devices: stream } = store.getSnapshot();
        if (isLive(stream) && has(stream, 'video')) await stream.setProcessor('video', next);
        blur = next;
        store.set({ isBlurOn: next !== undefined });
      }),
    close() {
      closing.abort();
      stopTracking?.();
      stopReading();
    },
  };
}

/** Loaded only when needed; its files are fetched when the processor starts. */
async function loadBlur(): Promise<TrackProcessor> {
  const { backgroundBlur } = await import('@parley-rtc/processors/background-blur');
  return backgroundBlur({ assets: '/processors/' });
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
