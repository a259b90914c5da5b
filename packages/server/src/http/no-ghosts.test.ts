import type { WireConference } from '@parley-rtc/contract';
import { afterEach, expect, it, vi } from 'vitest';
import { Database } from '../storage/database.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startTestServer } from '../testing/test-server.ts';

// An endpoint that is gone has no timer any more, and a lost peer is reported once. Whatever must follow from that has
// to happen even if the disk is full at that moment, or a command is under way.

afterEach(() => {
  vi.restoreAllMocks();
});

async function setUp() {
  const server = await startTestServer({ dataDir: temporaryFolder() });
  const { service, clock } = server;
  const conferenceId = await service.create({ conferenceId: 'room' });
  const participants = async () => {
    const state = await service.do<WireConference>('getConference', { params: { id: conferenceId } });
    return state.participants ?? [];
  };
  /** Runs `work` while the disk is full, and then lets the server try again. */
  const whileDiskIsFull = async (work: () => unknown): Promise<void> => {
    const transact = vi.spyOn(Database.prototype, 'transact').mockImplementation(() => {
      throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    });
    await work();
    await expect.poll(() => transact.mock.calls.length).toBeGreaterThan(0);
    transact.mockRestore();
    clock.advance(5_000);
  };
  return { ...server, conferenceId, participants, whileDiskIsFull };
}

it('removes an endpoint that fell silent while the disk was full', async () => {
  const { service, clock, conferenceId, participants, whileDiskIsFull } = await setUp();
  await service.join(conferenceId);
  await whileDiskIsFull(() => clock.advance(90_000));
  await expect.poll(participants).toEqual([]);
});

it('announces the present health of an endpoint that fell silent while the disk was full', async () => {
  const { service, clock, conferenceId, participants, whileDiskIsFull } = await setUp();
  const userEndpointId = await service.join(conferenceId);
  await whileDiskIsFull(() => clock.advance(30_000));
  await expect.poll(participants).toMatchObject([{ state: 'SICK' }]);
  await whileDiskIsFull(() => service.do('keepAliveUserEndpoint', { body: { userEndpointId } }));
  await expect.poll(participants).toMatchObject([{ state: 'HEALTHY' }]);
});

it('removes an endpoint that was unregistered while the disk was full', async () => {
  const { service, conferenceId, participants, whileDiskIsFull } = await setUp();
  const userEndpointId = await service.join(conferenceId);
  await whileDiskIsFull(async () => {
    const answer = await service.call('unregisterUserEndpoint', { body: { userEndpointId } });
    expect(answer.status).toBe(503);
  });
  await expect.poll(participants).toEqual([]);
});

it('withdraws a stream whose publisher was lost while the disk was full', async () => {
  const { service, mediaRouter, conferenceId, participants, whileDiskIsFull } = await setUp();
  await service.publish(conferenceId, await service.join(conferenceId));
  const [streamKey = ''] = mediaRouter.streams.keys();
  await whileDiskIsFull(() => mediaRouter.lose({ streamKey }));
  await expect.poll(participants).toMatchObject([{ streams: [] }]);
});

it('frees the id of an ended conference whose retention passed while the disk was full', async () => {
  const { service, clock, conferenceId, whileDiskIsFull } = await setUp();
  const userEndpointId = await service.join(conferenceId);
  await service.do('end', { body: { conferenceId, userEndpointId } });
  await whileDiskIsFull(() => clock.advance(5 * 60_000));
  const body = { conferenceId, metadata: { topic: 'the next one' } };
  await expect.poll(async () => (await service.call('create', { body })).status).toBe(200);
});

it('lets no endpoint in that is unregistered while its join is being stored', async () => {
  const { service, conferenceId, participants } = await setUp();
  for (let count = 0; count < 10; count += 1) {
    const body = { conferenceId, userEndpointId: await service.register() };
    await Promise.all([service.call('join', { body }), service.call('unregisterUserEndpoint', { body })]);
  }
  await expect.poll(participants).toEqual([]);
});
