import { vi } from 'vitest';
import { aMediaStream, FakeMediaStream, fakeTracks, type FakeTrack } from './fake-media.ts';
import { FakePeerConnection } from './fake-peer-connection.ts';

/** How the fake browser responds to requests for devices. */
export interface FakeDevices {
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  getDisplayMedia?(options: DisplayMediaStreamOptions): Promise<MediaStream>;
}

/** All captured streams, to check that they were stopped. */
export const capturedStreams: MediaStream[] = [];

/** The tracks that were granted, whichever tracks the streams hold later. */
export const capturedTracks: FakeTrack[] = [];

function grant(stream: MediaStream): MediaStream {
  capturedStreams.push(stream);
  capturedTracks.push(...fakeTracks(stream));
  return stream;
}

/** Grants everything that a page requests. */
export const generousDevices: FakeDevices = {
  getUserMedia: async ({ audio, video }) =>
    grant(aMediaStream(...(audio ? ['audio' as const] : []), ...(video ? ['video' as const] : []))),
  getDisplayMedia: async ({ audio }) => grant(aMediaStream('video', ...(audio ? ['audio' as const] : []))),
};

/** Makes Node look like a browser with a camera, a microphone and a page; returns the page. */
export function useFakeBrowser(devices: Partial<FakeDevices> | undefined = generousDevices): FakePage {
  const page = new FakePage();
  capturedStreams.length = 0;
  capturedTracks.length = 0;
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  vi.stubGlobal('MediaStream', FakeMediaStream);
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', page.navigator);
  vi.stubGlobal('addEventListener', page.addEventListener);
  vi.stubGlobal('removeEventListener', page.removeEventListener);
  page.navigator.mediaDevices = devices;
  return page;
}

/** The part of a window that the SDK uses. */
export class FakePage {
  readonly navigator: { onLine: boolean; mediaDevices: Partial<FakeDevices> | undefined } = {
    onLine: true,
    mediaDevices: undefined,
  };
  readonly #listeners = new Set<readonly [name: string, listener: (event: Event) => void]>();

  get listenerCount(): number {
    return this.#listeners.size;
  }

  readonly addEventListener = (name: string, listener: (event: Event) => void): void => {
    this.#listeners.add([name, listener]);
  };

  readonly removeEventListener = (name: string, listener: (event: Event) => void): void => {
    for (const entry of this.#listeners) {
      if (entry[0] === name && entry[1] === listener) this.#listeners.delete(entry);
    }
  };

  /** Calls every listener, also after one that throws; then throws what it threw. */
  fire(name: string, init: { readonly persisted?: boolean } = {}): void {
    const event = Object.assign(new Event(name), init);
    const failures: unknown[] = [];
    for (const [listened, listener] of Array.from(this.#listeners)) {
      try {
        if (listened === name) listener(event);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  setOnline(onLine: boolean): void {
    this.navigator.onLine = onLine;
    this.fire(onLine ? 'online' : 'offline');
  }
}
