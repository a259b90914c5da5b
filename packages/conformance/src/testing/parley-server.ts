import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParleyServer } from '@parley-rtc/server';
import { onTestFinished } from 'vitest';

/** Credentials of the only client of {@link startParleyServer}. */
export const credentials = { clientId: 'service', clientSecret: 'secret' };

/** Starts Parley's server with its real media router and short polls, until the test ends. Returns its URL. */
export async function startParleyServer(): Promise<string> {
  const recordingDir = mkdtempSync(join(tmpdir(), 'parley-conformance-'));
  const server = await createParleyServer({
    recordingDir,
    port: 0,
    clients: [{ id: 'service', secret: 'secret', roles: ['SERVICE'] }],
    pollTimeoutMs: 3000,
  });
  onTestFinished(async () => {
    await server.close();
    rmSync(recordingDir, { recursive: true });
  });
  return (await server.listen()).url;
}
