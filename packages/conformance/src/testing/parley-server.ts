import { createParleyServer } from '@parley-rtc/server';
import { onTestFinished } from 'vitest';

/** Credentials of the one client that {@link startParleyServer} knows. */
export const credentials = { clientId: 'service', clientSecret: 'secret' };

/** Our own server with its real media router; polls are short. It ends with the test. Returns its address. */
export async function startParleyServer(): Promise<string> {
  const server = await createParleyServer({
    port: 0,
    clients: [{ id: 'service', secret: 'secret', roles: ['SERVICE'] }],
    pollTimeoutMs: 3000,
  });
  onTestFinished(() => server.close());
  return (await server.listen()).url;
}
