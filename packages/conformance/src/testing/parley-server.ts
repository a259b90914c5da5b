import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParleyServer } from '@parley-rtc/server';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../server/src/testing/free-port.ts';
import { reuseSigningKeys } from '../../../server/src/testing/reuse-signing-keys.ts';
import { openPatientRouter } from './patient-router.ts';

reuseSigningKeys();

/** Credentials of the only client of each server here. */
export const credentials = { clientId: 'service', clientSecret: 'secret' };

/** Polls are short, because some checks wait for their end. */
const common = {
  clients: [{ id: 'service', secret: 'secret', roles: ['SERVICE'] }],
  pollTimeoutMs: 3000,
} as const;

/** Starts Parley's server with its real media router and short polls, until the test ends. Returns its URL. */
export async function startParleyServer(): Promise<string> {
  const recordingDir = mkdtempSync(join(tmpdir(), 'parley-conformance-'));
  const server = await createParleyServer({ ...common, recordingDir, port: 0 });
  onTestFinished(async () => {
    await server.close();
    rmSync(recordingDir, { recursive: true });
  });
  return (await server.listen()).url;
}

/** Starts nodes of a new cluster with real media routers, until the test ends. Returns their URLs. */
export async function startParleyNodes(redisUrl: string, count: number): Promise<readonly string[]> {
  const name = crypto.randomUUID();
  return Promise.all(
    Array.from({ length: count }, async () => {
      const port = await freePort();
      const nodeUrl = `http://127.0.0.1:${port}`;
      const cluster = { redisUrl, nodeUrl, name };
      const server = await createParleyServer(
        { ...common, port, cluster },
        { mediaRouter: openPatientRouter() },
      );
      onTestFinished(() => server.close());
      return (await server.listen()).url;
    }),
  );
}
