import type { Conference } from '@parley-rtc/sdk';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { FakePeerConnection } from '../../testing/src/browser/fake-peer-connection.ts';
import { FakeServer } from '../../testing/src/server/fake-server.ts';
import { useRecording } from './index.ts';

let server: FakeServer;
let me: Conference;

beforeEach(async () => {
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  server = new FakeServer();
  me = await joinAs(server, 'me');
});
afterEach(async () => {
  cleanup();
  await me.leave();
  vi.unstubAllGlobals();
});

function Recorder({ conference }: { readonly conference?: Conference }) {
  const { isRecording, recorder, error, start, stop } = useRecording(conference);
  return (
    <button role="status" onClick={() => void (isRecording ? stop() : start())}>
      {`${isRecording} ${recorder?.userId} ${error?.code}`}
    </button>
  );
}

const expectShown = (text: string) =>
  waitFor(() => expect(screen.getByRole('status').textContent).toBe(text));
const click = () => act(async () => screen.getByRole('status').click());

it('starts and stops recording, and says who records', async () => {
  const { rerender } = render(<Recorder conference={me} />, { wrapper: StrictMode });
  await expectShown('false undefined undefined');
  await click();
  await expectShown('true me undefined');
  await click();
  await expectShown('false undefined undefined');
  server.hasRecording = false;
  await click();
  await expectShown('false undefined ERR_UNSUPPORTED_BY_SERVER');
  rerender(<Recorder />);
  await click();
  await expectShown('false undefined undefined');
});
