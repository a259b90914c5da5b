import type { Conference } from '@parley-rtc/sdk';
import type { PublicationOptions } from '@parley-rtc/sdk/bindings';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { StrictMode, useEffect, useRef } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deferred } from '../../sdk/src/testing/deferred.ts';
import { capturedTracks, generousDevices } from '../../sdk/src/testing/fake-browser.ts';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { FakeMediaStream } from '../../testing/src/browser/fake-media.ts';
import type { FakeDevices } from '../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../testing/src/browser/fake-peer-connection.ts';
import { FakeServer } from '../../testing/src/server/fake-server.ts';
import { usePublication } from './index.ts';

let server: FakeServer;
let me: Conference;

beforeEach(async () => {
  capturedTracks.length = 0;
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  vi.stubGlobal('MediaStream', FakeMediaStream);
  vi.stubGlobal('isSecureContext', true);
  useDevices(generousDevices);
  server = new FakeServer();
  me = await joinAs(server, 'me');
});
afterEach(async () => {
  cleanup();
  await me.leave();
  Reflect.deleteProperty(navigator, 'mediaDevices');
  vi.unstubAllGlobals();
});

function useDevices(devices: FakeDevices): void {
  Object.defineProperty(navigator, 'mediaDevices', { value: devices, configurable: true });
}

interface SelfProps {
  readonly conference?: Conference | undefined;
  readonly options?: PublicationOptions;
}
function Self({ conference = me, options = { camera: true, microphone: true } }: SelfProps): React.ReactNode {
  const { state, audio, video, error, stream, toggle, stop } = usePublication(conference, options);
  const selfView = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (selfView.current) selfView.current.srcObject = stream?.mediaStream ?? null;
  }, [stream]);
  return (
    <>
      <p role="status">{[state, audio, video, error?.code].filter(Boolean).join(' ')}</p>
      <video ref={selfView} data-testid="self" />
      <button onClick={() => void toggle()}>Toggle</button>
      <button onClick={() => void toggle('audio')}>Microphone</button>
      <button onClick={() => void stop()}>Stop</button>
    </>
  );
}
function Elsewhere({ options }: Pick<SelfProps, 'options'>): React.ReactNode {
  const { state, toggle } = usePublication(undefined, options ?? { camera: true });
  return (
    <button role="status" onClick={() => void toggle()}>
      {state}
    </button>
  );
}

const shown = () => screen.getByRole('status').textContent;
const expectShown = (text: string) => waitFor(() => expect(shown()).toBe(text));
const press = (name: string) => act(() => screen.getByRole('button', { name }).click());
const published = (of: FakeServer = server) =>
  of.conference?.participants.flatMap(({ streams }) => streams.map(({ type }) => type));
const live = () => capturedTracks.filter(({ readyState }) => readyState === 'live').length;
const selfView = () => screen.getByTestId<HTMLVideoElement>('self').srcObject;

it('publishes and mutes by one button, and shows what is published', async () => {
  render(<Self />, { wrapper: StrictMode });
  expect([shown(), selfView(), live()]).toEqual(['off off off', null, 0]);
  press('Toggle');
  expect(shown()).toBe('starting off off');
  press('Toggle');
  await expectShown('on on on');
  expect(published()).toEqual(['MIC_AND_CAM']);
  expect(selfView()).toBeInstanceOf(FakeMediaStream);
  press('Microphone');
  await expectShown('on muted on');
  press('Stop');
  await expectShown('off off off');
  expect([selfView(), live()]).toEqual([null, 0]);
});

it('publishes once under StrictMode with `autoPublish`, and frees the devices on unmount', async () => {
  const { unmount } = render(<Self options={{ camera: true, autoPublish: true }} />, { wrapper: StrictMode });
  await expectShown('on off on');
  expect([published(), capturedTracks.length]).toEqual([['CAM'], 1]);
  unmount();
  await waitFor(() => expect(published()).toEqual([]));
  expect(live()).toBe(0);
});

it('frees a device that the user allows only after the unmount', async () => {
  const answer = new Deferred<void>();
  useDevices({
    getUserMedia: async (constraints) => {
      await answer.promise;
      return generousDevices.getUserMedia(constraints);
    },
  });
  const { unmount } = render(<Self options={{ camera: true, autoPublish: true }} />);
  await expectShown('starting off off');
  unmount();
  answer.resolve();
  await waitFor(() => expect(capturedTracks.map(({ readyState }) => readyState)).toEqual(['ended']));
  expect([published(), FakePeerConnection.open.size]).toEqual([[], 0]);
});

it('shows why publishing failed, and publishes with the options of the latest render', async () => {
  useDevices({ getUserMedia: () => Promise.reject(new DOMException('no', 'NotAllowedError')) });
  const { rerender } = render(<Self />);
  press('Toggle');
  await expectShown('failed off off ERR_DEVICE_DENIED');
  useDevices(generousDevices);
  rerender(<Self options={{ microphone: true }} />);
  press('Toggle');
  await expectShown('on on off');
  expect(published()).toEqual(['MIC']);
});

it('ends in the old conference and begins in the new one when the conference changes', async () => {
  const other = new FakeServer();
  const there = await joinAs(other, 'me');
  const options = { camera: true, autoPublish: true };
  const { rerender } = render(<Self options={options} />);
  await expectShown('on off on');
  rerender(<Self conference={there} options={options} />);
  await expectShown('on off on');
  expect(published(other)).toEqual(['CAM']);
  await waitFor(() => expect(published()).toEqual([]));
  await act(() => there.leave());
  expect([shown(), live()]).toEqual(['off off off', 0]);
});

it('is off without a conference, where pressing does nothing, and on the server', async () => {
  render(<Elsewhere />);
  await act(async () => screen.getByRole('status').click());
  expect([shown(), capturedTracks]).toEqual(['off', []]);
  expect(renderToString(<Elsewhere options={{ camera: true, autoPublish: true }} />)).toContain('off');
});
