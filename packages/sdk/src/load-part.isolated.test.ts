import { setImmediate } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { fakeTracks } from '../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../testing/src/server/fake-server.ts';
import type * as LoadPartModule from './load-part.ts';
import { collectUncaught } from './testing/collect-uncaught.ts';
import { Deferred } from './testing/deferred.ts';
import { capturedStreams } from './testing/fake-browser.ts';
import { joinAs } from './testing/join-as.ts';
import { rejectionOf } from './testing/rejection-of.ts';
import { settle } from './testing/settle.ts';
import { useFakeConference } from './testing/use-fake-conference.ts';

/** The part whose file is missing from the app's server. */
let missing = '';
/** The part whose file never arrives. */
let stalled = '';

vi.mock('./load-part.ts', async (importOriginal) => {
  const { loadPart } = await importOriginal<typeof LoadPartModule>();
  return {
    loadPart: async <Part>(name: string, load: () => Promise<Part>) =>
      loadPart(name, async () => {
        if (name === stalled) await new Promise(() => {});
        if (name === missing) throw new TypeError('Failed to fetch');
        return load();
      }),
  };
});

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
  missing = '';
  stalled = '';
});

it('leaves no participant behind without the part for calls', async () => {
  missing = 'calls';
  await expect(joinAs(server, 'ada')).rejects.toMatchObject({ code: 'ERR_PART_NOT_LOADED', retryable: true });
  await settle();
  expect(server.conference?.participants).toEqual([]);
  expect(server.endpoints.size).toBe(0);
});

it('stops captured media without the part for publishing, and the call continues', async () => {
  const ada = await joinAs(server, 'ada');
  missing = 'publishing';
  await expect(ada.publishStream({ camera: true })).rejects.toMatchObject({ code: 'ERR_PART_NOT_LOADED' });
  expect(capturedStreams.flatMap(fakeTracks).map(({ readyState }) => readyState)).toEqual(['ended']);
  expect(server.callsOf('publishStream')).toEqual([]);
  missing = '';
  await ada.publishStream({ camera: true });
  expect(FakePeerConnection.open.size).toBe(1);
});

it('stops captured media when the part for publishing has not arrived 15 s after the devices', async () => {
  const ada = await joinAs(server, 'ada');
  stalled = 'publishing';
  const onFailed = vi.fn<(error: unknown) => void>();
  ada.publishStream({ camera: true }).catch(onFailed);
  await vi.advanceTimersByTimeAsync(14_999);
  expect(onFailed).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(onFailed.mock.calls).toMatchObject([[{ code: 'ERR_TIMEOUT' }]]);
  expect(capturedStreams.flatMap(fakeTracks).map(({ readyState }) => readyState)).toEqual(['ended']);
});

it('rejects viewing without its part, and succeeds once the part can be loaded', async () => {
  const [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
  const { id } = await ada.publishStream({ microphone: true });
  await settle();
  missing = 'viewing';
  await expect(bob.viewStream(id)).rejects.toMatchObject({ code: 'ERR_PART_NOT_LOADED' });
  missing = '';
  await expect(bob.viewStream(id)).resolves.toMatchObject({ streamId: id });
});

it('reports a missing part for viewing to the caller only, even while the view waits for its answer', async () => {
  const [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
  const { id } = await ada.publishStream({ microphone: true });
  await settle();
  const uncaught = collectUncaught();
  missing = 'viewing';
  const answer = new Deferred<void>();
  server.intercept = ({ operation }) => (operation === 'viewStream' ? answer.promise : undefined);
  const viewing = rejectionOf(bob.viewStream(id));
  await settle();
  // Node reports unhandled rejections after a turn of its event loop.
  await setImmediate();
  expect(uncaught).toEqual([]);
  answer.resolve();
  expect(await viewing).toMatchObject({ code: 'ERR_PART_NOT_LOADED' });
});
