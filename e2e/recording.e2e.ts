import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@playwright/test';
type Recording = any;
import { Caller } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { OwnServer } from './support/own-server.ts';

test('probe', async ({ browser }) => {
  test.setTimeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'parley-recording-'));
  const server = await OwnServer.start({ PARLEY_RECORDING_DIR: folder, PARLEY_LOG_LEVEL: 'info' });
  const invitation = await server.openConference(undefined, true);
  const ada = await Caller.open(browser);
  await ada.joinAt(invitation, 'Ada');
  await ada.publish(11, 440);
  const { conferenceId } = invitation;
  const me = await (await server.ask('users/endpoints', { method: 'POST', body: JSON.stringify({ keepAliveSeconds: 100 }) })).json() as string;
  const post = async (name: string) => {
    const a = await server.ask(`conferences/${name}`, { method: 'POST', body: JSON.stringify({ conferenceId, userEndpointId: me }) });
    return [a.status, await a.text()];
  };
  console.log(await post('join'));
  console.log(await post('startRecording'));
  await ada.page.waitForTimeout(10_000);
  console.log(await post('stopRecording'));
  const recordings = await (await server.ask(`conferences/${conferenceId}/recordings`)).json() as Recording[];
  console.log(JSON.stringify(recordings, undefined, 1));
  console.log(folder);
  await ada.close();
  await server.close();
});
