import { expect, test, vi } from 'vitest';
import type * as LoadPartModule from './load-part.ts';
import { FakePeerConnection } from './testing/fake-peer-connection.ts';
import { capturedStreams } from './testing/fake-browser.ts';
import { fakeTracks } from './testing/fake-media.ts';
import type { FakeServer } from './testing/fake-server.ts';
import { joinAs } from './testing/join-as.ts';
import { settle } from './testing/settle.ts';
import { useFakeConference } from './testing/use-fake-conference.ts';

/** The part whose file is missing from the app's server. */
let missing = '';

vi.mock('./load-part.ts', async (importOriginal) => {
  const { loadPart } = await importOriginal<typeof LoadPartModule>();
  return {
    loadPart: async <Part>(name: string, load: () => Promise<Part>) =>
      loadPart(name, async () => {
        if (name === missing) throw new TypeError('Failed to fetch');
        return load();
      }),
  };
});

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
  missing = '';
});

test('without the part for calls nobody stays in the conference', async () => {
  missing = 'calls';
  await expect(joinAs(server, 'ada')).rejects.toMatchObject({ code: 'ERR_PART_NOT_LOADED', retryable: true });
  await settle();
  expect(server.conference?.participants).toEqual([]);
  expect(server.endpoints.size).toBe(0);
});

test('without the part for publishing what was captured is stopped, and the call goes on', async () => {
  const ada = await joinAs(server, 'ada');
  missing = 'publishing';
  await expect(ada.publishStream({ camera: true })).rejects.toMatchObject({ code: 'ERR_PART_NOT_LOADED' });
  expect(capturedStreams.flatMap(fakeTracks).map(({ readyState }) => readyState)).toEqual(['ended']);
  expect(server.callsOf('publishStream')).toEqual([]);
  missing = '';
  await ada.publishStream({ camera: true });
  expect(FakePeerConnection.open.size).toBe(1);
});

test('without the part for viewing a view is refused, and is there once the part can be had', async () => {
  const [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
  const { id } = await ada.publishStream({ microphone: true });
  await settle();
  missing = 'viewing';
  await expect(bob.viewStream(id)).rejects.toMatchObject({ code: 'ERR_PART_NOT_LOADED' });
  missing = '';
  await expect(bob.viewStream(id)).resolves.toMatchObject({ streamId: id });
});
