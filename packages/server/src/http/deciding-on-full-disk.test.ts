import type { EntryAnswer } from '@parley-rtc/contract';
import { afterEach, expect, it, vi } from 'vitest';
import { Database } from '../storage/database.ts';
import { startModeratedCall } from '../testing/moderated-call.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { startTestServer } from '../testing/test-server.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function fillDisk() {
  return vi.spyOn(Database.prototype, 'transact').mockImplementation(() => {
    throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
  });
}

it('a guest admitted on a full disk learns of it at once, and a repetition outlasts a restart', async () => {
  const dataDir = temporaryFolder();
  const call = await startModeratedCall({ dataDir });
  const { moderate, redeem, conferenceId, clock } = call;
  await moderate('updateAdmission', { lobby: true });
  const { caller } = await redeem();
  const own = { conferenceId, userEndpointId: await caller.register() };
  const { revision } = await caller.do<EntryAnswer>('requestEntry', { body: own });
  const timers = clock.timerCount;
  const next = caller.do<EntryAnswer>('requestEntry', { body: { ...own, revision } });
  await expect.poll(() => clock.timerCount).toBeGreaterThan(timers);
  const disk = fillDisk();
  const decision = { decision: 'ADMITTED', endpointIds: [own.userEndpointId] };
  expect((await moderate('decideEntry', decision)).status).toBe(503);
  expect(await next).toMatchObject({ state: 'ADMITTED' });
  disk.mockRestore();
  expect((await moderate('decideEntry', decision)).status).toBe(200);
  await call.close();
  const { url } = await startTestServer({ dataDir }, { clock });
  expect((await caller.at(url).call('join', { body: own })).status).toBe(200);
});

it('a ban on a full disk keeps its user out, and a repetition removes it', async () => {
  const dataDir = temporaryFolder();
  const call = await startModeratedCall({ dataDir });
  const { moderate, enter, conferenceId, state, host, clock } = call;
  const guest = await enter({ customer_id: 'mallory' });
  const ban = { participantId: guest.userEndpointId, ban: true };
  const disk = fillDisk();
  expect((await moderate('removeParticipant', ban)).status).toBe(503);
  disk.mockRestore();
  expect((await moderate('removeParticipant', ban)).status).toBe(204);
  expect((await state()).participants?.map(({ id }) => id)).toEqual([host.userEndpointId]);
  await call.close();
  const { url } = await startTestServer({ dataDir }, { clock });
  const caller = guest.caller.at(url);
  const body = { conferenceId, userEndpointId: await caller.register() };
  expect(await caller.call('join', { body })).toMatchObject({ status: 403, body: { error: 'banned' } });
});

it('permissions changed on a full disk do not hold for a part, and a repetition changes all', async () => {
  const dataDir = temporaryFolder();
  const call = await startModeratedCall({ dataDir });
  const { moderate, enter, conferenceId, participant } = call;
  const guest = await enter();
  const change = { participantId: guest.userEndpointId, permissions: { publish: [] } };
  const disk = fillDisk();
  expect((await moderate('updatePermissions', change)).status).toBe(503);
  disk.mockRestore();
  expect((await moderate('updatePermissions', change)).status).toBe(204);
  expect((await participant(guest.userEndpointId))?.permissions?.publish).toEqual([]);
  const again = await guest.caller.join(conferenceId);
  expect((await participant(again))?.permissions?.publish).toEqual([]);
});
