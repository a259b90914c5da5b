import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from './config-error.ts';
import type { ParleyServerConfig } from './config/parley-server-config.ts';
import { createParleyServer } from './parley-server.ts';
import { Database } from './storage/database.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { startTestServer, type Caller } from './testing/test-server.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
}

const [info, error] = [30, 50];

async function startLogging(config: Partial<ParleyServerConfig> = {}) {
  const lines: string[] = [];
  const server = await startTestServer(
    { logLevel: 'debug', ...config },
    { logStream: { write: (line) => lines.push(line) } },
  );
  const parsed = () => lines.map((line) => JSON.parse(line) as Line);
  return { ...server, lines: parsed, textsFrom: (level: number) => textsFrom(lines, level) };
}

function textsFrom(lines: readonly string[], level: number): string {
  return lines.filter((line) => (JSON.parse(line) as Line).level >= level).join('');
}

/** The status of a `publishStream` whose answer no document lists. */
async function failingStatus({ url, token }: Caller, body: object): Promise<number> {
  const answer = await fetch(`${url}/rtc-api/conferences/publishStream`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.status;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the log of a busy server', () => {
  it('has no ids, names or user data above debug, and no contents of events at all', async () => {
    const server = await startLogging();
    const { service, mediaRouter, textsFrom: logged } = server;
    const conferenceId = await service.create({ metadata: { topic: 'TOPIC-OF-USERS' } });
    const guest = await server.guest(conferenceId);
    const userEndpointId = await guest.join(conferenceId, { name: 'NAME-OF-A-USER' });
    const streamId = await guest.publish(conferenceId, userEndpointId);
    const view = { conferenceId, userEndpointId, streamId, sdpOffer: 'v=0', viewerId: 'VIEWER-ID' };
    await guest.do('viewStream', { body: view });
    const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z', iban: 'IBAN-OF-A-USER' };
    await service.do('sendEvent', { body: { conferenceId, event } });
    expect((await service.call('getConference', { params: { id: 'NO-SUCH-ID' } })).status).toBe(404);
    vi.spyOn(mediaRouter, 'publish').mockRejectedValueOnce(new Error('a bug'));
    const publishing = { conferenceId, userEndpointId, conferenceStreamType: 'CAM', sdpOffer: 'v=0' };
    expect(await failingStatus(guest, publishing)).toBe(500);
    await guest.do('leave', { body: { conferenceId, userEndpointId } });
    await server.close();

    expect(logged(info)).toContain('request failed');
    const secrets = [
      conferenceId,
      userEndpointId,
      streamId,
      guest.userId,
      service.userId,
      'VIEWER-ID',
      'NO-SUCH-ID',
    ];
    const data = ['NAME-OF-A-USER', 'TOPIC-OF-USERS', 'IBAN-OF-A-USER', guest.token];
    for (const secret of [...secrets, ...data]) expect(logged(info)).not.toContain(secret);
    for (const text of data) {
      expect(logged(0)).not.toContain(text);
    }
  });

  it('repeats the line about a failure ten times a minute at most', async () => {
    const { service, mediaRouter, lines } = await startLogging({ logLevel: 'error' });
    vi.spyOn(mediaRouter, 'publish').mockRejectedValue(new Error('a bug'));
    const conferenceId = await service.create();
    const userEndpointId = await service.join(conferenceId);
    const body = { conferenceId, userEndpointId, conferenceStreamType: 'CAM', sdpOffer: 'v=0' };
    for (let count = 0; count < 15; count += 1) {
      expect(await failingStatus(service, body)).toBe(500);
    }
    expect(lines()).toHaveLength(10);
  });
});

describe('a full disk', () => {
  it('answers 503 to commands, says so in /readyz, and logs one line with the folder and what to do', async () => {
    const dataDir = temporaryFolder();
    const { service, url, clock, lines } = await startLogging({ dataDir, logLevel: 'error' });
    const conferenceId = await service.create();
    const fullDisk = Object.assign(new Error('database or disk is full'), { errcode: 13 });
    const transact = vi.spyOn(Database.prototype, 'transact').mockImplementation(() => {
      throw fullDisk;
    });
    for (let count = 0; count < 3; count += 1) {
      const answer = await service.call('create', { body: {} });
      expect(answer).toMatchObject({ status: 503, body: { error: 'disk_full' } });
      expect(answer.headers.get('retry-after')).toBe('3');
    }
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { error: 'disk_full' }]);
    expect((await service.call('getConference', { params: { id: conferenceId } })).status).toBe(200);
    expect(lines()).toMatchObject([
      { level: error, trouble: 'disk_full', dataDir, msg: expect.stringMatching(/^The disk is full\. Free/) },
    ]);

    transact.mockRestore();
    clock.advance(2_000);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await service.call('create', { body: {} })).status).toBe(200);
  });
});

/** Fills a data folder with some pages, and returns the path of its file. */
async function fill(dataDir: string): Promise<string> {
  const { service, close } = await startTestServer({ dataDir });
  for (let count = 0; count < 40; count += 1) {
    const conferenceId = await service.create({ metadata: { text: 'x'.repeat(2_000) } });
    await service.join(conferenceId);
  }
  await close();
  return join(dataDir, 'parley.sqlite');
}

const onFolder = (dataDir: string): ParleyServerConfig => ({ clients: [], port: 0, dataDir });

describe('damaged data', () => {
  it('refuses a start on a damaged page, with the name of the file and what to do', async () => {
    const dataDir = temporaryFolder();
    const path = await fill(dataDir);
    const bytes = readFileSync(path);
    const text = bytes.lastIndexOf('ConferenceJoinedEvent');
    const page = Math.floor(text / 4_096) * 4_096;
    writeFileSync(path, bytes.fill(0xff, page, page + 4_096));
    const start = createParleyServer(onFolder(dataDir));
    await expect(start).rejects.toThrow(ConfigError);
    await expect(start).rejects.toThrow(/^PARLEY_DATA_DIR is .*parley\.sqlite is damaged\. Restore a backup/);
  });

  it('refuses a start on an event that is not JSON, in the same words', async () => {
    const dataDir = temporaryFolder();
    const database = new DatabaseSync(await fill(dataDir));
    database.exec("UPDATE events SET event = '{'");
    database.close();
    await expect(createParleyServer(onFolder(dataDir))).rejects.toThrow(/parley\.sqlite is damaged/);
  });
});
