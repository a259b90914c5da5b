import { describe, expect, it, vi } from 'vitest';
import { fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { capturedTracks } from '../testing/fake-browser.ts';
import { joinAs } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { holdStep } from '../testing/slow-peer-connection.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

const publishedStreams = () => server.conference?.participants.flatMap(({ streams }) => streams) ?? [];

/** Makes the next answer fail. */
function refuseNextAnswer(): void {
  vi.spyOn(FakePeerConnection.prototype, 'setRemoteDescription').mockRejectedValueOnce(
    new DOMException('bad answer', 'OperationError'),
  );
}

function expectNothingLeft(): void {
  expect(FakePeerConnection.open.size).toBe(0);
  expect(capturedTracks.map(({ readyState }) => readyState)).toEqual(['ended']);
  expect(publishedStreams()).toEqual([]);
}

const steps = ['createOffer', 'setLocalDescription', 'setRemoteDescription', 'setParameters'] as const;

describe('opening a publication', () => {
  it.each(steps)('leaves nothing open or published when its signal aborts during %s', async (step) => {
    const ada = await joinAs(server, 'ada');
    const { reached, release } = holdStep(step);
    const abort = new AbortController();
    const failure = rejectionOf(ada.publishStream({ camera: true, signal: abort.signal }));
    await reached;
    abort.abort();
    expect(await failure).toMatchObject({ code: 'ERR_ABORTED' });
    release();
    await settle();
    expectNothingLeft();
    const wasSent = step === 'setRemoteDescription' || step === 'setParameters';
    expect(server.callsOf('publishStream')).toHaveLength(wasSent ? 1 : 0);
    expect(server.callsOf('unpublishStream')).toHaveLength(wasSent ? 1 : 0);
  });

  it.each(steps)('leaves nothing open or published when we leave during %s', async (step) => {
    const ada = await joinAs(server, 'ada');
    const { reached, release } = holdStep(step);
    const failure = rejectionOf(ada.publishStream({ camera: true }));
    await reached;
    await ada.leave();
    expect(await failure).toMatchObject({ code: 'ERR_NOT_JOINED' });
    release();
    await settle();
    expectNothingLeft();
  });

  it.each([
    ['its signal aborts', (_ada: Conference, abort: AbortController) => abort.abort(), 'ERR_ABORTED'],
    ['we leave', (ada: Conference) => void ada.leave(), 'ERR_NOT_JOINED'],
  ] as const)('sends no offer when %s while ICE servers are read', async (_when, end, code) => {
    server.iceServers = [
      { urls: ['turn:turn.example.com'], username: `${Math.round(Date.now() / 1000) + 60}:ada` },
    ];
    const ada = await joinAs(server, 'ada');
    await vi.advanceTimersByTimeAsync(40_000);
    server.intercept = ({ operation }) => (operation === 'getIceServers' ? new Promise(() => {}) : undefined);
    const abort = new AbortController();
    const failure = rejectionOf(ada.publishStream({ camera: true, signal: abort.signal }));
    await settle();
    end(ada, abort);
    expect(await failure).toMatchObject({ code });
    expectNothingLeft();
    expect(server.callsOf('publishStream')).toEqual([]);
  });

  it('leaves nothing open or published when the user stops sharing the screen during it', async () => {
    const ada = await joinAs(server, 'ada');
    const { reached, release } = holdStep('setRemoteDescription');
    const failure = rejectionOf(ada.publishStream({ screen: true }));
    await reached;
    capturedTracks.find(({ kind }) => kind === 'video')?.endByBrowser();
    expect(await failure).toMatchObject({ code: 'ERR_TRACK_ENDED', kind: 'video' });
    release();
    await settle();
    expect(FakePeerConnection.open.size).toBe(0);
    expect(publishedStreams()).toEqual([]);
  });
});

describe('a publication that the server has lost', () => {
  it('is published only once, even if the browser refuses the first answer', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    refuseNextAnswer();
    server.loseMedia();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(server.callsOf('publishStream')).toHaveLength(3);
    expect(publishedStreams()).toMatchObject([{ id: mine.id }]);
    expect(FakePeerConnection.open.size).toBe(1);
  });

  it('withdraws nothing that the server never had, when the browser cannot create the offer', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    vi.spyOn(FakePeerConnection.prototype, 'createOffer').mockRejectedValueOnce(
      new DOMException('busy', 'OperationError'),
    );
    server.loseMedia();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(publishedStreams()).toMatchObject([{ id: mine.id }]);
    expect(server.callsOf('unpublishStream')).toEqual([]);
  });

  it('is withdrawn under its new id when it is unpublished before the answer is applied', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    const { reached, release } = holdStep('setRemoteDescription');
    server.loseMedia();
    await reached;
    await mine.unpublish();
    release();
    await settle();
    expect(publishedStreams()).toEqual([]);
    expect(FakePeerConnection.open.size).toBe(0);
    expect(fakeTracks(mine.mediaStream).map(({ readyState }) => readyState)).toEqual(['ended']);
  });
});
