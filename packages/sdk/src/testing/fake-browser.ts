import { vi } from 'vitest';
import {
  aMediaStream,
  FakeMediaStream,
  fakeTracks,
  type FakeTrack,
} from '../../../testing/src/browser/fake-media.ts';
import { FakePage, type FakeDevices } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';

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
