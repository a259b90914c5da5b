import { beforeEach, expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type * as loadPartModule from '../load-part.ts';
import { joinAs } from '../testing/join-as.ts';
import { recordedStats } from '../testing/recorded-stats.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

/** The parts that were asked for, and how many of these loads fail. */
const files = vi.hoisted(() => ({ asked: [] as string[], failures: 0 }));

vi.mock('../load-part.ts', async (original) => {
  const { loadPart } = await original<typeof loadPartModule>();
  return {
    loadPart: (name: string, load: () => Promise<unknown>) =>
      loadPart(name, () => {
        files.asked.push(name);
        return files.asked.length > files.failures
          ? load()
          : Promise.reject(new TypeError('Failed to fetch'));
      }),
  };
});

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
  server.hasModeration = true;
  server.moderation.permit('host', { moderate: true });
});

beforeEach(() => Object.assign(files, { asked: [], failures: 0 }));

it('what lists waiting guests loads once a moderator has a waiting room, also if it failed at first', async () => {
  const [host, guest] = [await joinAs(server, 'host'), await joinAs(server, 'guest')];
  const problems: string[] = [];
  host.on('error', ({ error }) => void problems.push(error.code));
  for (const conference of [host, guest]) conference.on('waiting-room-changed', () => {});
  await settle();
  expect(files.asked).not.toContain('moderation');
  const opening = host.moderation.openLobby({ message: 'Soon' });
  // The command has begun to load its own code.
  Object.assign(files, { asked: [], failures: 1 });
  await opening;
  void joinAs(server, 'eve').catch(() => {});
  await vi.advanceTimersByTimeAsync(30_000);
  expect(host.waitingRoom.getSnapshot()).toMatchObject([{ userId: 'eve' }]);
  expect(guest.waitingRoom.getSnapshot()).toEqual([]);
  expect(files.asked.filter((name) => name === 'moderation')).toHaveLength(2);
  expect(problems).toEqual(['ERR_PART_NOT_LOADED']);
});

it('a listener of qualities receives them although their code failed to load at first', async () => {
  const [host, bob] = [await joinAs(server, 'host'), await joinAs(server, 'bob')];
  const { id } = await bob.publishStream({ camera: true });
  await settle();
  await host.viewStream(id);
  const [report] = recordedStats('view');
  for (const peer of FakePeerConnection.open) {
    peer.stats = report;
    peer.moveTo('connected');
  }
  Object.assign(files, { asked: [], failures: 1 });
  const onQuality = vi.fn<() => void>();
  host.on('quality-changed', onQuality);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(files.asked).toEqual(['insight', 'insight']);
  expect(onQuality).toHaveBeenCalled();
});
