import { createParleyServer } from '@parley-rtc/server';
import { onTestFinished } from 'vitest';

/** Credentials of the only client of {@link startParleyServer}. */
export const credentials = { clientId: 'service', clientSecret: 'secret' };

/** Starts Parley's server with its real media router and short polls, until the test ends. Returns its URL. */
export async function startParleyServer(): Promise<string> {
  const server = await createParleyServer({
    port: 0,
    clients: [{ id: 'service', secret: 'secret', roles: ['SERVICE'] }],
    pollTimeoutMs: 3000,
  });
  onTestFinished(() => server.close());
  return (await server.listen()).url;
}
